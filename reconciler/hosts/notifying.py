"""Notifications to chat and mail, by Apprise: one address per service in RECONCILER_NOTIFY, which is outside of git.

A text is plain: what came from files and providers is cleaned, and is no mark-up. That nobody could be told never fails what was done.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from reconciler.report.clean import clean

VARIABLE = "RECONCILER_NOTIFY"
_LONGEST, _MOST_LINES = 300, 40


def notify(environ: Mapping[str, str], title: str, text: str, *, good: bool) -> bool:
    """Tells all services; whether every one took it. Without an address nobody is told, and that is fine."""
    addresses = environ.get(VARIABLE, "").split()
    if not addresses:
        return True
    from apprise import Apprise, NotifyFormat, NotifyType

    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it names addresses, and those hold tokens
    services = Apprise()
    known = [services.add(address) for address in addresses]
    body = "\n".join(_plain(line) for line in text.splitlines()[:_MOST_LINES] if line)
    kind = NotifyType.SUCCESS if good else NotifyType.WARNING
    sent = services.notify(title=_plain(title), body=body, notify_type=kind, body_format=NotifyFormat.TEXT)
    return all(known) and bool(sent)


def _plain(text: str) -> str:
    """One line that calls nobody: chat services make mentions of `@name` and `<!here>`."""
    return clean(text, _LONGEST).replace("@", "@\u200b").replace("<!", "<\u200b!")
