// What must hold for a client of the published TypeScript SDK: `client.mjs FOLDER TRANSPORT`.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
  CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, readFileSync, renameSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const [folder, transport] = process.argv.slice(2);
const at = (name) => `${folder}/${name}`;
const read = (name) => readFileSync(at(name), "utf8");
const scenarios = JSON.parse(read("scenarios.json"));
const secrets = ["planner", "files", "everything", "expired"]
  .flatMap((name) => JSON.parse(read(`${name}.chain`)).aat_chain)
  .concat(JSON.parse(read("agent.jwk")).d);

const holders = new Set();
process.on("exit", () => holders.forEach((holder) => holder.kill()));

/** A client behind a holder, or without one when `chain` is null. */
async function connect(server, chain, { handlers = {}, more = [], audience = ["--audience", "https://guard.example"] } = {}) {
  const guard = read(`${server}.url`).trim();
  const hold = ["hold", "--guard", guard, ...audience,
    "--chain", at(chain), "--key", at("agent.jwk"), ...more];
  const said = [];
  const ends = [];
  let way;
  if (chain === null) {
    way = new StreamableHTTPClientTransport(new URL(guard));
  } else if (transport === "stdio") {
    way = new StdioClientTransport({ command: "taper-gateway", args: hold, stderr: "pipe" });
    way.stderr.on("data", (text) => said.push(text));
  } else {
    const holder = spawn("taper-gateway", [...hold, "--http", "127.0.0.1:0"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    holder.stderr.on("data", (text) => said.push(text));
    ends.push(() => holders.delete(holder) && holder.kill());
    holders.add(holder);
    const url = await until(() => /http:\/\/127\S+\/mcp/.exec(said.join(""))?.[0]);
    way = new StreamableHTTPClientTransport(new URL(url));
  }
  const capabilities = Object.fromEntries(Object.keys(handlers).map((name) => [name, {}]));
  const client = new Client({ name: "test", version: "1" }, { capabilities });
  const schemas = {
    elicitation: ElicitRequestSchema, sampling: CreateMessageRequestSchema, roots: ListRootsRequestSchema,
  };
  for (const [name, handler] of Object.entries(handlers)) {
    client.setRequestHandler(schemas[name], handler);
  }
  await client.connect(way);
  const messages = [];
  const inner = way.onmessage;
  way.onmessage = (message, extra) => {
    messages.push(message);
    inner(message, extra);
  };
  return {
    client,
    messages,
    said: () => said.join(""),
    call: (name, args, options) => client.callTool({ name, arguments: args }, undefined, options),
    close: async () => {
      if (transport === "http") await way.terminateSession?.();
      await client.close();
      ends.forEach((end) => end());
      for (const secret of secrets) assert(!said.join("").includes(secret), "the holder told a secret");
    },
  };
}

async function until(found) {
  for (let tries = 0; tries < 300; tries += 1) {
    const value = await found();
    if (value) return value;
    await sleep(50);
  }
  throw new Error("what was waited for did not come");
}

/** What a server has received, of one method. */
const received = (server, method) => read(`${server}.record`).split("\n")
  .filter((line) => line !== "").map((line) => JSON.parse(line)).filter((one) => one.method === method);

/** The error of a denied call, which the server did not see. */
async function denied(server, calling, expected) {
  const before = received(server, "tools/call").length;
  const error = await calling.then(
    (result) => assert.fail(`it was permitted: ${JSON.stringify(result)}`),
    (error) => error,
  );
  assert.equal(error.code, -31403, String(error));
  for (const [name, value] of Object.entries(expected)) assert.equal(error.data[name], value, String(error));
  const others = Object.keys(error.data).filter((name) => !["step", "code", "message"].includes(name));
  assert.deepEqual(others, []);
  assert.equal(received(server, "tools/call").length, before, "the server has seen it");
  return error;
}

const text = (result) => {
  assert(!result.isError, JSON.stringify(result));
  return result.content.map((part) => part.text).join("");
};

const checks = {
  async "the list has what is permitted, narrowed, and nothing secret"({ scenario, server, chain }) {
    const { client, close } = await connect(server, chain);
    const listed = await client.listTools();
    const schemas = Object.fromEntries(listed.tools.map((tool) => [tool.name, tool.inputSchema]));
    assert.deepEqual(schemas, scenario.schemas);
    for (const tool of listed.tools) {
      const own = Object.entries(tool._meta ?? {}).filter(([name]) => name.startsWith("dev.taper"));
      assert.deepEqual(own, [["dev.taper/aat-tool", tool.name]]);
    }
    const all = JSON.stringify(listed);
    for (const secret of secrets) assert(!all.includes(secret));
    await close();
  },

  async "permitted calls have the server's result"({ scenario, server, chain }) {
    const { call, close } = await connect(server, chain);
    for (const { tool, arguments: args, text: expected } of scenario.permitted) {
      const before = received(server, "tools/call").length;
      assert.equal(text(await call(tool, args)), expected);
      assert.deepEqual(received(server, "tools/call").slice(before).map((one) => one.params.arguments), [args]);
    }
    await close();
  },

  async "others are denied before the server sees them"({ scenario, server, chain }) {
    const { call, close } = await connect(server, chain);
    for (const { tool, arguments: args, why, ...expected } of scenario.denied) {
      await denied(server, call(tool, args), expected);
    }
    await close();
  },

  async "the guard denies who has no holder, or one that does not name the guard"({ scenario, server, chain }) {
    const [{ tool, arguments: args }] = scenario.permitted;
    const alone = await connect(server, null);
    const missing = { step: null, code: "presentation_missing" };
    await denied(server, alone.client.listTools(), missing);
    await denied(server, alone.call(tool, args), missing);
    await alone.close();
    const unnamed = await connect(server, chain, { audience: [] });
    await denied(server, unnamed.call(tool, args), { step: "7d", code: "proof_audience_required" });
    await unnamed.close();
  },
};

const everything = {
  async "progress is shown while a call is under way"({ server, chain }) {
    const { call, close, messages } = await connect(server, chain);
    const seen = [];
    const done = await call("trigger-long-running-operation", { duration: 0.4, steps: 4 }, {
      onprogress: ({ progress, total }) => seen.push([progress, total]),
    });
    assert.match(text(done), /completed/);
    assert.deepEqual(seen.slice(0, 3), [[1, 4], [2, 4], [3, 4]]);
    // What comes in one piece with the result, this SDK does not hand to `onprogress` any more.
    const came = messages.map((one) => one.params?.progress ?? (one.result ? "result" : "other"));
    assert.deepEqual(came.filter((one) => one !== "other"), [1, 2, 3, 4, "result"]);
    await close();
  },

  async "a cancelled call is cancelled at the server"({ server, chain }) {
    const { call, close } = await connect(server, chain);
    const before = received(server, "notifications/cancelled").length;
    const stop = new AbortController();
    const calling = call("trigger-long-running-operation", { duration: 30, steps: 300 }, {
      signal: stop.signal, onprogress: () => stop.abort("enough"),
    });
    await assert.rejects(calling, /enough/);
    const [cancelled] = await until(() => {
      const all = received(server, "notifications/cancelled").slice(before);
      return all.length > 0 && all;
    });
    assert.equal(cancelled.params.requestId, received(server, "tools/call").at(-1).id);
    assert.equal(text(await call("echo", { message: "hello" })), "Echo: hello");
    await close();
  },

  async "a person is asked once, and yes is yes and no is no"({ server, chain }) {
    const questions = [];
    let answer = { action: "accept", content: { allow: "once" } };
    const handlers = {
      elicitation: ({ params }) => {
        questions.push(params.message);
        return answer;
      },
    };
    const more = ["--confirm", "get-*"];
    const { call, close } = await connect(server, chain, { handlers, more });
    assert.equal(text(await call("get-sum", { a: 1, b: 2 })), "The sum of 1 and 2 is 3.");
    assert.deepEqual(questions, ['Allow a call of "get-sum"?\n"a": 1\n"b": 2']);
    assert.equal(text(await call("echo", { message: "hello" })), "Echo: hello");
    assert.equal(questions.length, 1, "what needs no word was asked about");
    await denied(server, call("get-sum", { a: 11, b: 2 }), { step: "6b", code: "argument_refused" });
    assert.equal(questions.length, 1, "what is denied anyway was asked about");
    for (const no of [{ action: "decline" }, { action: "cancel" }]) {
      answer = no;
      await denied(server, call("get-sum", { a: 1, b: 2 }), { code: "confirmation_refused" });
    }
    assert.equal(questions.length, 3);
    answer = { action: "accept", content: { allow: "session" } };
    await call("get-sum", { a: 1, b: 2 });
    assert.equal(text(await call("get-sum", { a: 3, b: 4 })), "The sum of 3 and 4 is 7.");
    assert.equal(questions.length, 4, "what was allowed for the session was asked about");
    await close();

    const without = await connect(server, chain, { more });
    await denied(server, without.call("get-sum", { a: 1, b: 2 }), { code: "confirmation_impossible" });
    await without.close();
  },

  async "the server's own requests reach the client"({ server, chain }) {
    const handlers = {
      sampling: ({ params }) => ({
        model: "none", role: "assistant",
        content: { type: "text", text: `said of ${params.messages[0].content.text}` },
      }),
      elicitation: () => ({ action: "accept", content: { name: "Ada" } }),
      roots: () => ({ roots: [{ uri: "file:///srv/root", name: "the root" }] }),
    };
    const { call, close } = await connect(server, chain, { handlers });
    const sampled = await call("trigger-sampling-request", { prompt: "tides", maxTokens: 9 });
    assert.match(text(sampled), /said of .*tides/);
    assert.match(text(await call("trigger-elicitation-request", {})), /Name: Ada/);
    assert.match(text(await call("get-roots-list", {})), /file:\/\/\/srv\/root/);
    await close();
  },

  async "an expired chain is said to be, and a renewed one is used"({ server }) {
    const chain = "renewed.chain";
    copyFileSync(at("expired.chain"), at(chain));
    const { call, close, said } = await connect(server, chain);
    const error = await denied(server, call("echo", { message: "hello" }), { code: "chain_expired" });
    assert.match(error.message, /expired/);
    assert.match(said(), /the chain has expired/);
    copyFileSync(at("everything.chain"), at("beside"));
    renameSync(at("beside"), at(chain));
    const renewed = await until(() => call("echo", { message: "hello" }).catch((error) => {
      assert.equal(error.code, -31403, String(error));
    }));
    assert.equal(text(renewed), "Echo: hello");
    await close();
  },
};

for (const server of ["files", "everything-stdio", "everything-http"]) {
  const kind = server.split("-")[0];
  const about = { server, chain: `${kind}.chain`, scenario: scenarios[kind] };
  for (const [name, check] of Object.entries(kind === "files" ? checks : { ...checks, ...everything })) {
    try {
      await check(about);
    } catch (error) {
      console.error(`FAILED ${server}: ${name}`, error);
      process.exit(1);
    }
    console.log(`ok ${server}: ${name}`);
  }
}
process.exit(0);
