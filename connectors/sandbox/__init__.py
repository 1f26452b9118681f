"""Sandbox: loopback servers that speak Shopify and Zendesk over bundled real data.

Here: everything that pretends to be a platform. Not here: connectors; they only know the sandbox's address.
"""

from connectors.sandbox.accounts import Options
from connectors.sandbox.server import Sandbox
from connectors.testing.fakes.shopify_api import ShopifyLimits

__all__ = ["Options", "Sandbox", "ShopifyLimits"]
