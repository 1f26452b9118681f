"""Zendesk against its fake: tickets by the cursor export."""

from connectors.testing.conformance import StreamCase
from connectors.testing.fakes.zendesk import EMAIL, FIRST, NOW, TOKEN, ZendeskFake
from connectors.zendesk import Zendesk

CASES = (
    StreamCase(
        connector=Zendesk(),
        stream="tickets",
        make_platform=ZendeskFake,
        account={
            "shop_id": "helpdesk",
            "zone": "America/New_York",
            "secrets": {"token": TOKEN},
            "settings": {"email": EMAIL, "per_page": "8", "csat": "survey"},
        },
        span=(FIRST, NOW),
    ),
)
