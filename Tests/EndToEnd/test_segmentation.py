"""The WebSocket codec reads bytes in any pieces as wsproto does. The whole run, 10,000 streams, is in `make soak`."""

import pytest
from Reliability.segmentation import cut_off, run

STREAMS = 300


def test_streams_in_pieces_are_read_as_wsproto_reads_them():
    assert run(STREAMS) == []


@pytest.mark.control
def test_a_lost_frame_is_a_difference():
    assert len(run(50, spoil=cut_off)) > 40
