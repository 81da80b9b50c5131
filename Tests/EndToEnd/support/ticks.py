"""How far a user's own messages have come: what the page says, and what the receipts of the server say."""

from .clients import TestUser
from .markers import receipts

# What the page says of the user's own messages: each message that says nothing is like the next newer one that does.
TICKS = """() => {
  const told = {};
  let last = null;
  for (const row of [...document.querySelectorAll('[data-testid="messages"] [data-seq][data-testid="message"]')].reverse()) {
    const ticks = row.querySelector('[data-testid="ticks"]');
    if (!row.classList.contains("mine") || row.dataset.state !== "sent") continue;
    if (ticks) last = [ticks.dataset.status, ticks.dataset.status === "read" ? ticks.title : ""];
    told[row.dataset.seq] = last;
  }
  return told;
}"""


async def ticks_of_the_server(author: TestUser, room: str, seqs, names: dict[str, str]) -> dict:
    """The same by the receipts: "read" and "preview_read" by anyone, "delivered" to everyone."""
    told = {}
    for seq in seqs:
        states = await receipts(author, room, seq)
        readers = [names[user] for user, state in states.items() if state == "read"]
        if readers:
            told[str(seq)] = ["read", " and ".join(sorted(readers))]
        elif "preview_read" in states.values():
            told[str(seq)] = ["preview_read", ""]
        else:
            told[str(seq)] = ["delivered" if states and set(states.values()) == {"delivered"} else "sent", ""]
    return told
