"""A server as the published Python SDK makes it, in the newest revision, which has no sessions:
`server.py stdio`, or `server.py http` at $PORT."""

import asyncio
import os
import sys
from typing import Annotated

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.resolve import Elicit, ElicitationResult, Resolve
from pydantic import BaseModel, Field

server = MCPServer("modern", log_level="WARNING")


class Name(BaseModel):
    name: str


async def ask_for_name() -> Elicit[Name]:
    return Elicit("Who are you?", Name)


@server.tool(structured_output=False)
def add(a: int, b: int) -> str:
    return str(a + b)


@server.tool(structured_output=False)
def delete_table(table: str) -> str:
    return f"deleted {table}"


@server.tool(structured_output=False)
def query(region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})], text: str) -> str:
    return f"{text} in {region}"


@server.tool(structured_output=False)
async def wait(seconds: float, steps: int, context: Context) -> str:
    for step in range(steps):
        await asyncio.sleep(seconds / steps)
        await context.report_progress(step + 1, steps)
    return "waited"


@server.tool(structured_output=False)
def greet(name: Annotated[ElicitationResult[Name], Resolve(ask_for_name)]) -> str:
    return f"Hello {name.data.name}" if name.action == "accept" else "Hello nobody"


if sys.argv[1] == "stdio":
    server.run("stdio")
else:
    server.run("streamable-http", port=int(os.environ["PORT"]))
