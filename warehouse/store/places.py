"""The scale of stored figures.

Belongs here: how many places numerators, denominators, values and targets keep. Not here: rounding of scores and pay (models).
"""

PLACES = 10  # scale of the stored columns; what is compared with a threshold is exactly what is stored
