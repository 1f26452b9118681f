"""Finds a connector by the name people write in `sources.yaml`.

Belongs here: one line per connector; nothing is loaded before it is asked for. Not here: connectors of a company
(pipelines/company), anything a connector does (its own folder).
"""

from importlib import import_module

from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import UnknownConnector

# module and class as text: an import here would load every platform for the sake of one
_CONNECTORS = {
    "amazon_ads": ("connectors.amazon_ads", "AmazonAds"),
    "amazon_sp": ("connectors.amazon_sp", "AmazonSp"),
    "doudian": ("connectors.doudian", "Doudian"),
    "qianchuan": ("connectors.qianchuan", "Qianchuan"),
    "google_ads": ("connectors.google_ads", "GoogleAds"),
    "meta_ads": ("connectors.meta_ads", "MetaAds"),
    "shopify": ("connectors.shopify", "Shopify"),
    "taobao_top": ("connectors.taobao_top", "TaobaoTop"),
    "tiktok_shop": ("connectors.tiktok_shop", "TikTokShop"),
    "zendesk": ("connectors.zendesk", "Zendesk"),
}


def names() -> tuple[str, ...]:
    """Every connector name, sorted."""
    return tuple(sorted(_CONNECTORS))


def get(name: str) -> Connector:
    """The connector called `name`.

    Raises:
        UnknownConnector: there is none.
    """
    if name not in _CONNECTORS:
        # cut: it is what a person typed
        raise UnknownConnector("no such connector", actual=f"{name!s:.40}; known: {', '.join(names())}")
    module, attribute = _CONNECTORS[name]
    found: Connector = getattr(import_module(module), attribute)()
    return found
