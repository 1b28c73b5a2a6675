"""What most fault tests begin with: receivers, a gate over them, a ledger on one or more nodes."""

from .api import Api
from .ledger import Ledger

GATE = "release-ready"


def given_gate_of(server, count: int) -> list[str]:
    api = Api(server.port, server.admin_key)
    receivers = [api.make_receiver(f"stage-{number}") for number in range(count)]
    api.make_group(GATE, receivers)
    api.close()
    return receivers


def given_ledger(servers: list, receivers: list[str], seed: int) -> Ledger:
    return Ledger(receivers, servers[0].admin_key, [server.port for server in servers], seed)


def gate_faults(server) -> list[str]:
    """The stored gates against what the stored events say, decided here on the journal alone."""
    events = {}
    rows = server.query(
        "select journal.position, journal.kind, journal.event_id, journal.group_id, events.artifact_id, events.success, events.event_receiver_id "
        "from journal left join events on events.id = journal.event_id order by journal.position"
    )
    members: dict = {}
    for group, receiver in server.query("select group_id, receiver_id from group_receivers"):
        members.setdefault(group, set()).add(receiver)
    found, latest, complete = [], {}, {}
    expected = 0
    for position, kind, event, group, artifact, success, receiver in rows:
        expected += 1
        if int(position) != expected:
            found.append(f"the journal has a gap before {position}")
            expected = int(position)
        passed = success in (1, "t", True)
        if int(kind) == 1:
            latest[artifact, receiver] = passed
            events[event] = {g for g, all_of in members.items() if receiver in all_of and all(latest.get((artifact, one)) for one in all_of)}
        elif int(kind) == 2:
            complete.setdefault(event, set()).add(group)
    for event, gates in events.items():
        if complete.get(event, set()) != gates:
            found.append(f"event {event!r}: gates {complete.get(event, set())!r} were journalled, {gates!r} were open")
    return found
