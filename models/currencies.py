"""How many decimals a currency has.

Belongs here: the minor units of ISO 4217. Not here: rates between currencies (a company's rates.csv), rounding (money).
"""

_USUAL = 2
# ISO 4217, list one, as published by SIX; a currency that is not named here has two. Those of funds are left out.
_OTHERS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DECIMALS = {code: count for count, codes in _OTHERS.items() for code in codes.split()}


def decimals_of(currency: str) -> int:
    """The decimals in which amounts of a currency are stated.

    >>> decimals_of("EUR"), decimals_of("JPY"), decimals_of("KWD")
    (2, 0, 3)
    """
    return _DECIMALS.get(currency, _USUAL)
