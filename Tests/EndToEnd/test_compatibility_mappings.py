"""The table of characters that stand for others is what its script writes. Needs no server."""

import unicodedata

import compatibility_mappings
import pytest


@pytest.mark.skipif(unicodedata.unidata_version != "14.0.0", reason="the table is written from Unicode 14")
def test_the_table_is_what_the_script_writes():
    assert compatibility_mappings.FILE.read_text() == compatibility_mappings.render()
