"""An MCP server that writes down what reaches it.

server.py http RECORD [json|sse]    prints its port
server.py stdio RECORD

RECORD gets one JSON line for each message: its text as it came, and over HTTP the headers.
"""

import http.server
import json
import os
import sys
import threading
import time

RECORD = sys.argv[2]
LOCK = threading.Lock()
SESSION = "session-1"


def tool(name, properties, required=()):
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"name": name, "description": f"does {name}", "inputSchema": schema}


TOOLS = [
    tool("read_file", {"path": {"type": "string"}, "head": {"type": "number"}}, ["path"]),
    tool("search", {"query": {"type": "string"}}),
    tool("delete", {"path": {"type": "string"}}),
    tool("die", {}),
    tool("hang", {}),
    tool("ask", {}),
    tool("locked", {}),
    tool("later", {}),
]


def record(text, headers=None):
    with LOCK, open(RECORD, "a", encoding="utf-8") as file:
        file.write(json.dumps({"text": text, "headers": headers, "pid": os.getpid()}) + "\n")


def note(method, **params):
    return {"jsonrpc": "2.0", "method": method, "params": params}


def answers(message):
    """What is sent on a request, in this order."""
    request, method = message["id"], message["method"]
    params = message.get("params", {})
    meta = params.get("_meta", {})
    if "progressToken" in meta:
        yield note("notifications/progress", progressToken=meta["progressToken"], progress=1)
    if method == "initialize":
        result = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}}
        result["serverInfo"] = {"name": "fixture", "version": "1"}
    elif method == "tools/list":
        result = {"tools": TOOLS, "nextCursor": "more", "ttlMs": 1000, "cacheScope": "public"}
    elif method == "tools/call" and params["name"] == "die":
        sys.stdout.flush()
        os._exit(1)
    elif method == "tools/call" and params["name"] == "hang":
        time.sleep(3600)
    elif method == "tools/call":
        result = {"content": [{"type": "text", "text": params["name"]}], "pid": os.getpid()}
        result["n"] = float("1e2")
    else:
        result = {}
    yield {"jsonrpc": "2.0", "id": request, "result": result}


class Http(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def whole(self, status, body=b"", kind=None, **headers):
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def begin(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def event(self, message, number):
        # Pretty, so that an event has many lines.
        data = "".join(f"data: {line}\r\n" for line in json.dumps(message, indent=1).split("\n"))
        text = f"event: message\r\nid: {number}\r\n{data}\r\n".encode()
        half = len(text) // 2
        for piece in (text[:half], text[half:]):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
            time.sleep(0.01)

    def end(self):
        self.wfile.write(b"0\r\n\r\n")

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        record(text, {name.lower(): value for name, value in self.headers.items()})
        message = json.loads(text)
        if "method" not in message or "id" not in message:
            return self.whole(202)
        if message["method"] == "initialize":
            body = json.dumps(list(answers(message))[-1]).encode()
            return self.whole(200, body, "application/json", Mcp_Session_Id=SESSION)
        name = message.get("params", {}).get("name")
        if name == "locked":
            return self.whole(401, b"no", "text/plain")
        if name == "later":
            # The client is to come back for the rest.
            self.begin()
            self.event(note("notifications/message", level="info", data="wait"), 1)
            return self.end()
        if sys.argv[3:] == ["sse"]:
            self.begin()
            for number, answer in enumerate(answers(message)):
                self.event(answer, number)
            return self.end()
        body = json.dumps(list(answers(message))[-1]).encode()
        return self.whole(200, body, "application/json")

    def do_GET(self):
        record("", {name.lower(): value for name, value in self.headers.items()})
        self.begin()
        self.event(note("notifications/message", level="info", data="hello"), 1)
        if "Last-Event-ID" in self.headers:
            # As after a broken stream: the rest of it, whatever it was.
            self.event(list(answers({"id": 1, "method": "tools/list"}))[-1], 2)
            self.event({"jsonrpc": "2.0", "id": 2, "result": {"content": []}}, 3)
        self.end()

    def do_DELETE(self):
        record("DELETE", {name.lower(): value for name, value in self.headers.items()})
        self.whole(200)


def stdio():
    def say(message):
        with LOCK:
            sys.stdout.write(json.dumps(message) + "\n")
            sys.stdout.flush()

    def answer(message):
        for one in answers(message):
            say(one)

    print("the fixture says hello", file=sys.stderr, flush=True)
    for line in sys.stdin:
        record(line.rstrip("\n"))
        message = json.loads(line)
        if message.get("method") == "tools/call" and message["params"]["name"] == "ask":
            asked = {"jsonrpc": "2.0", "id": "s1", "method": "roots/list"}
            say(asked)
            pending = message
        elif message.get("id") == "s1":
            say({"jsonrpc": "2.0", "id": pending["id"], "result": message["result"]})
        elif "id" in message and "method" in message:
            threading.Thread(target=answer, args=(message,), daemon=True).start()


if sys.argv[1] == "http":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Http)
    print(server.server_address[1], flush=True)
    server.serve_forever()
else:
    stdio()
