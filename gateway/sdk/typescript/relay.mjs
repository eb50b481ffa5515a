// A server over HTTP behind a relay that records what it receives: `relay.mjs RECORD COMMAND...`,
// where the command serves at $PORT. Prints the URL of the relay.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const [file, command, ...args] = process.argv.slice(2);
const record = (text) => appendFileSync(file, `${text}\n`);

const free = createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => free.once("listening", resolve));
const { port } = free.address();
await new Promise((resolve) => free.close(resolve));

const env = { ...process.env, PORT: String(port) };
const server = spawn(command, args, { env, stdio: ["ignore", "ignore", "inherit"] });
server.on("exit", () => process.exit(1));
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => {
    server.removeAllListeners("exit");
    server.kill();
    process.exit();
  });
}
const serves = () => new Promise((resolve) => {
  const socket = connect(port, "127.0.0.1", () => resolve(true));
  socket.on("error", () => resolve(false));
  socket.on("connect", () => socket.destroy());
});
while (!await serves()) await sleep(50);

const relay = createServer(async (from, to) => {
  const parts = [];
  for await (const part of from) parts.push(part);
  const body = Buffer.concat(parts);
  if (body.length > 0) record(body);
  const { url: path, method, headers } = from;
  const onward = request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
    to.writeHead(answer.statusCode, answer.headers);
    to.flushHeaders();
    answer.pipe(to);
  });
  onward.on("error", () => to.destroy());
  to.on("close", () => {
    // In revisions without sessions, whoever no longer wants an answer closes its stream.
    if (!to.writableFinished && method === "POST") {
      record(JSON.stringify({ method: "closed", params: { requestId: JSON.parse(body).id } }));
    }
    onward.destroy();
  });
  onward.end(body);
});
relay.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${relay.address().port}/mcp`));
