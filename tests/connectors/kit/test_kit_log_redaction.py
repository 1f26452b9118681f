"""An access token in a query string reaches no log, however loud the HTTP library is."""

import logging

import pytest

from connectors.kit.transport.log_redaction import hide_queries


@pytest.mark.parametrize("name", ["urllib3.connectionpool", "urllib3.util.retry"])
def test_addresses_are_logged_without_their_query(caplog: pytest.LogCaptureFixture, name: str) -> None:
    hide_queries()
    hide_queries()
    with caplog.at_level(logging.DEBUG, logger=name):
        logging.getLogger(name).debug('"%s %s" %s', "POST", "/order/searchList?access_token=planted", 200)

    assert caplog.messages == ['"POST /order/searchList" 200']
    assert len(logging.getLogger(name).filters) == 1
