"""What a connector declares: streams, requests, pagers, proofs, fields, sign-in, and the errors that a platform may cause.

Belongs here: the words of a declaration and what each means. Not here: sending (transport), pulling a window (window).
"""
