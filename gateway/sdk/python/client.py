"""What must hold for a client of the published Python SDK: `client.py FOLDER TRANSPORT`."""

import asyncio
import json
import os
import re
import shutil
import sys
from contextlib import asynccontextmanager
from pathlib import Path

from mcp import Client, MCPError, StdioServerParameters, types
from mcp.client.stdio import stdio_client

FOLDER, TRANSPORT = Path(sys.argv[1]), sys.argv[2]
SCENARIOS = json.loads((FOLDER / "scenarios.json").read_text())
SECRETS = [json.loads((FOLDER / "agent.jwk").read_text())["d"]]
for one in ["planner", "files", "everything", "modern", "expired"]:
    SECRETS += json.loads((FOLDER / f"{one}.chain").read_text())["aat_chain"]
NAMED = ["--audience", "https://guard.example"]
DENIED = -31403


class Connected:
    """A client and what its holder said."""

    def __init__(self, client, said):
        self.client, self._said = client, said

    def said(self):
        return self._said.read_text() if self._said else ""

    async def call(self, tool, arguments, **more):
        return await self.client.call_tool(tool, arguments, **more)


@asynccontextmanager
async def connect(server, chain, handlers=None, more=(), audience=NAMED):
    """A client behind a holder, or without one when `chain` is `None`."""
    guard = (FOLDER / f"{server}.url").read_text().strip()
    hold = ["hold", "--guard", guard, *audience, *more]
    if chain is None:
        async with Client(guard, **(handlers or {})) as client:
            yield Connected(client, None)
        return
    hold += ["--chain", str(FOLDER / chain), "--key", str(FOLDER / "agent.jwk")]
    said = FOLDER / "holder.said"
    with said.open("w") as errors:
        if TRANSPORT == "stdio":
            way = stdio_client(
                StdioServerParameters(command="taper-gateway", args=hold, env=dict(os.environ)), errors
            )
            async with Client(way, **(handlers or {})) as client:
                yield Connected(client, said)
        else:
            holder = await asyncio.create_subprocess_exec(
                "taper-gateway", *hold, "--http", "127.0.0.1:0", stderr=errors
            )
            try:
                url = await until(lambda: re.search(r"http://127\S+/mcp", said.read_text()))
                async with Client(url[0], **(handlers or {})) as client:
                    yield Connected(client, said)
            finally:
                holder.terminate()
                await holder.wait()
    told = said.read_text()
    assert not any(secret in told for secret in SECRETS), "the holder told a secret"


async def until(found):
    for _ in range(300):
        if value := found():
            return value
        await asyncio.sleep(0.05)
    raise AssertionError("what was waited for did not come")


def received(server, method):
    """What a server has received, of one method."""
    lines = (FOLDER / f"{server}.record").read_text().splitlines()
    return [one for one in map(json.loads, filter(None, lines)) if one.get("method") == method]


async def denied(server, calling, **expected):
    """The error of a denied call, which the server did not see."""
    before = len(received(server, "tools/call"))
    try:
        result = await calling
    except MCPError as error:
        assert error.code == DENIED, error
        for name, value in expected.items():
            assert error.data[name] == value, error.data
        assert set(error.data) <= {"step", "code", "message"}, error.data
        assert len(received(server, "tools/call")) == before, "the server has seen it"
        return error
    raise AssertionError(f"it was permitted: {result}")


def text(result):
    assert not result.is_error, result
    return "".join(part.text for part in result.content)


async def listed(scenario, server, chain):
    """The list has what is permitted, narrowed, and nothing secret."""
    async with connect(server, chain) as connected:
        answer = await connected.client.list_tools()
    schemas = {tool.name: tool.input_schema for tool in answer.tools}
    assert schemas == scenario["schemas"], schemas
    for tool in answer.tools:
        own = {name: value for name, value in (tool.meta or {}).items() if name.startswith("dev.taper")}
        assert own == {"dev.taper/aat-tool": tool.name}, own
    shown = answer.model_dump_json()
    assert not any(secret in shown for secret in SECRETS)


async def permitted(scenario, server, chain):
    """Permitted calls have the server's result."""
    async with connect(server, chain) as connected:
        for row in scenario["permitted"]:
            if (TRANSPORT, server, row["tool"]) == ("stdio", "modern-http", "query"):
                # A known limit: over HTTP its server wants an argument in a header, which only
                # a client over HTTP sends.
                continue
            before = len(received(server, "tools/call"))
            assert text(await connected.call(row["tool"], row["arguments"])) == row["text"]
            seen = [one["params"]["arguments"] for one in received(server, "tools/call")[before:]]
            assert seen == [row["arguments"]], seen


async def refused(scenario, server, chain):
    """Others are denied before the server sees them."""
    async with connect(server, chain) as connected:
        for row in scenario["denied"]:
            calling = connected.call(row["tool"], row["arguments"])
            await denied(server, calling, step=row["step"], code=row["code"])


async def by_the_guard(scenario, server, chain):
    """The guard denies who has no holder, or one that does not name the guard."""
    row = scenario["permitted"][0]
    async with connect(server, None) as alone:
        for calling in [alone.client.list_tools(), alone.call(row["tool"], row["arguments"])]:
            await denied(server, calling, step=None, code="presentation_missing")
    async with connect(server, chain, audience=[]) as unnamed:
        calling = unnamed.call(row["tool"], row["arguments"])
        await denied(server, calling, step="7d", code="proof_audience_required")


async def progress(scenario, server, chain):
    """Progress is shown while a call is under way."""
    seen = []

    async def on_progress(done, total, _message):
        seen.append((done, total))

    async with connect(server, chain) as connected:
        arguments = {"duration": 0.4, "steps": 4}
        done = await connected.call(
            "trigger-long-running-operation", arguments, progress_callback=on_progress
        )
    assert "completed" in text(done)
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)], seen


async def cancelled(scenario, server, chain):
    """A cancelled call is cancelled at the server."""
    under_way = asyncio.Event()

    async def on_progress(*_):
        under_way.set()

    async with connect(server, chain) as connected:
        before = len(received(server, "notifications/cancelled"))
        arguments = {"duration": 30, "steps": 300}
        calling = asyncio.create_task(
            connected.call("trigger-long-running-operation", arguments, progress_callback=on_progress)
        )
        await asyncio.wait_for(under_way.wait(), 15)
        calling.cancel()
        try:
            await calling
            raise AssertionError("the call has ended by itself")
        except asyncio.CancelledError:
            pass
        told = await until(lambda: received(server, "notifications/cancelled")[before:])
        assert told[0]["params"]["requestId"] == received(server, "tools/call")[-1]["id"], told
        assert text(await connected.call("echo", {"message": "hello"})) == "Echo: hello"


async def confirmed(scenario, server, chain):
    """A person is asked once, and yes is yes and no is no."""
    questions = []
    answer = types.ElicitResult(action="accept", content={"allow": "once"})

    async def asked(_context, params):
        questions.append(params.message)
        return answer

    more = ["--confirm", "get-*"]
    handlers = {"elicitation_callback": asked}
    async with connect(server, chain, handlers, more) as connected:
        async def sum_of(a, b):
            return await connected.call("get-sum", {"a": a, "b": b})

        assert text(await sum_of(1, 2)) == "The sum of 1 and 2 is 3."
        assert questions == ['Allow a call of "get-sum"?\n"a": 1\n"b": 2'], questions
        assert text(await connected.call("echo", {"message": "hello"})) == "Echo: hello"
        assert len(questions) == 1, "what needs no word was asked about"
        await denied(server, sum_of(11, 2), step="6b", code="argument_refused")
        assert len(questions) == 1, "what is denied anyway was asked about"
        for action in ["decline", "cancel"]:
            answer = types.ElicitResult(action=action)
            await denied(server, sum_of(1, 2), code="confirmation_refused")
        assert len(questions) == 3, questions
        answer = types.ElicitResult(action="accept", content={"allow": "session"})
        await sum_of(1, 2)
        assert text(await sum_of(3, 4)) == "The sum of 3 and 4 is 7."
        assert len(questions) == 4, "what was allowed for the session was asked about"
    async with connect(server, chain, more=more) as without:
        calling = without.call("get-sum", {"a": 1, "b": 2})
        await denied(server, calling, code="confirmation_impossible")


async def asked_by_server(scenario, server, chain):
    """The server's own requests reach the client."""

    async def sample(_context, params):
        said = types.TextContent(type="text", text=f"said of {params.messages[0].content.text}")
        return types.CreateMessageResult(role="assistant", model="none", content=said)

    async def elicit(_context, _params):
        return types.ElicitResult(action="accept", content={"name": "Ada"})

    async def roots(_context):
        return types.ListRootsResult(roots=[types.Root(uri="file:///srv/root", name="the root")])

    handlers = {
        "sampling_callback": sample,
        "elicitation_callback": elicit,
        "list_roots_callback": roots,
    }
    async with connect(server, chain, handlers) as connected:
        arguments = {"prompt": "tides", "maxTokens": 9}
        sampled = text(await connected.call("trigger-sampling-request", arguments))
        assert re.search("said of .*tides", sampled), sampled
        elicited = text(await connected.call("trigger-elicitation-request", {}))
        assert "Name: Ada" in elicited, elicited
        known = text(await connected.call("get-roots-list", {}))
        assert "file:///srv/root" in known, known


async def expired(scenario, server, _chain):
    """An expired chain is said to be, and a renewed one is used."""
    chain = FOLDER / "renewed.chain"
    shutil.copy(FOLDER / "expired.chain", chain)
    async with connect(server, chain.name) as connected:
        calling = connected.call("echo", {"message": "hello"})
        error = await denied(server, calling, code="chain_expired")
        assert "expired" in error.message, error
        assert "the chain has expired" in connected.said()
        shutil.copy(FOLDER / "everything.chain", FOLDER / "beside")
        (FOLDER / "beside").rename(chain)
        await until(lambda: "the chain is renewed" in connected.said())
        assert text(await connected.call("echo", {"message": "hello"})) == "Echo: hello"


async def modern_listed(_scenario, server, chain):
    """In the newest revision the list has what is permitted, narrowed."""
    async with connect(server, chain) as connected:
        assert connected.client.protocol_version == "2026-07-28"
        answer = await connected.client.list_tools()
    tools = {tool.name: tool for tool in answer.tools}
    assert set(tools) == {"add", "query", "wait", "greet"}, tools
    assert answer.cache_scope == "private", answer
    region = tools["query"].input_schema["properties"]["region"]
    assert (region["enum"], region["x-mcp-header"]) == (["eu", "us"], "Region"), region
    shown = answer.model_dump_json()
    assert not any(secret in shown for secret in SECRETS)


async def modern_progress(_scenario, server, chain):
    """In the newest revision progress is shown while a call is under way."""
    seen = []

    async def on_progress(done, total, _message):
        seen.append((done, total))

    async with connect(server, chain) as connected:
        arguments = {"seconds": 0.4, "steps": 4}
        assert text(await connected.call("wait", arguments, progress_callback=on_progress)) == "waited"
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)], seen


async def modern_cancelled(_scenario, server, chain):
    """In the newest revision a cancelled call is cancelled at the server."""
    under_way = asyncio.Event()

    async def on_progress(*_):
        under_way.set()

    # Over HTTP the call's stream is closed; a process that works on one call ends with it.
    how = "closed" if server.endswith("http") else "ended"
    async with connect(server, chain) as connected:
        before = len(received(server, how))
        arguments = {"seconds": 30, "steps": 300}
        calling = asyncio.create_task(
            connected.call("wait", arguments, progress_callback=on_progress)
        )
        await asyncio.wait_for(under_way.wait(), 15)
        calling.cancel()
        try:
            await calling
            raise AssertionError("the call has ended by itself")
        except asyncio.CancelledError:
            pass
        told = await until(lambda: received(server, how)[before:])
        if how == "closed":
            assert told[0]["params"]["requestId"] == received(server, "tools/call")[-1]["id"], told
        assert text(await connected.call("add", {"a": 1, "b": 2})) == "3"


async def modern_confirmed(_scenario, server, chain):
    """In the newest revision a person is asked once, by a result."""
    questions = []
    answer = types.ElicitResult(action="accept", content={"allow": "once"})

    async def asked(_context, params):
        questions.append(params.message)
        return answer

    more = ["--confirm", "a*"]
    async with connect(server, chain, {"elicitation_callback": asked}, more) as connected:
        assert text(await connected.call("add", {"a": 1, "b": 2})) == "3"
        assert questions == ['Allow a call of "add"?\n"a": 1\n"b": 2'], questions
        for action in ["decline", "cancel"]:
            answer = types.ElicitResult(action=action)
            calling = connected.call("add", {"a": 1, "b": 2})
            await denied(server, calling, code="confirmation_refused")
        assert len(questions) == 3, questions
    async with connect(server, chain, more=more) as without:
        calling = without.call("add", {"a": 1, "b": 2})
        await denied(server, calling, code="confirmation_impossible")


async def modern_asked_by_server(_scenario, server, chain):
    """In the newest revision the server's own questions reach the client."""

    async def elicit(_context, params):
        assert params.message == "Who are you?", params
        return types.ElicitResult(action="accept", content={"name": "Ada"})

    async with connect(server, chain, {"elicitation_callback": elicit}) as connected:
        assert text(await connected.call("greet", {})) == "Hello Ada"


CHECKS = [listed, permitted, refused, by_the_guard]
EVERYTHING = [progress, cancelled, confirmed, asked_by_server, expired]


# The newest revision, which this SDK alone has.
MODERN = [
    modern_listed,
    modern_progress,
    modern_cancelled,
    modern_confirmed,
    modern_asked_by_server,
]
SERVERS = {
    "files": CHECKS,
    "everything-stdio": CHECKS + EVERYTHING,
    "everything-http": CHECKS + EVERYTHING,
    "modern-stdio": CHECKS[1:] + MODERN,
    "modern-http": CHECKS[1:] + MODERN,
}


async def main():
    for server, checks in SERVERS.items():
        kind = server.split("-")[0]
        for check in checks:
            try:
                async with asyncio.timeout(60):
                    await check(SCENARIOS[kind], server, f"{kind}.chain")
            except BaseException:
                print(f"FAILED {server}: {check.__doc__}", file=sys.stderr)
                raise
            print(f"ok {server}: {check.__doc__}", flush=True)


asyncio.run(main())
