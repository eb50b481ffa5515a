// The published everything server over HTTP, behind a relay that records what it receives:
// `relay.mjs RECORD SERVER`. Prints the URL of the relay.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createServer, request } from "node:http";

const [record, script] = process.argv.slice(2);

const free = createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => free.once("listening", resolve));
const { port } = free.address();
await new Promise((resolve) => free.close(resolve));

const env = { ...process.env, PORT: String(port) };
const server = spawn(process.execPath, [script, "streamableHttp"], { env, stdio: ["ignore", "ignore", "pipe"] });
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => {
    server.kill();
    process.exit();
  });
}
await new Promise((resolve) => {
  server.stderr.on("data", (text) => String(text).includes("listening") && resolve());
});

const relay = createServer(async (from, to) => {
  const parts = [];
  for await (const part of from) parts.push(part);
  const body = Buffer.concat(parts);
  if (body.length > 0) appendFileSync(record, `${body}\n`);
  const { url: path, method, headers } = from;
  const onward = request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
    to.writeHead(answer.statusCode, answer.headers);
    to.flushHeaders();
    answer.pipe(to);
  });
  onward.on("error", () => to.destroy());
  to.on("close", () => onward.destroy());
  onward.end(body);
});
relay.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${relay.address().port}/mcp`));
