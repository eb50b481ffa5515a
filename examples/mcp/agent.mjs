// A sub-agent: an MCP client as its SDK makes it, which knows of no token and no key. It starts
// the server that its arguments name, shows what it may do, and tries the calls on its input.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { createInterface } from "node:readline";

const [name, command, ...args] = process.argv.slice(2);
const say = (text) => console.log(`${name.padEnd(8)} ${text}`);
const short = (value) => JSON.stringify(value).replaceAll(process.env.FOLDER ?? "", "");

const client = new Client({ name, version: "1" }, { capabilities: { elicitation: {} } });
// A person's dialog, here one who reads the question and says yes to drafts.
client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
  const question = params.message.replaceAll(process.env.FOLDER ?? "", "");
  const allow = question.includes("/drafts/");
  say(`  a person is asked: ${question.replaceAll("\n", ", ")} -- ${allow ? "yes" : "no"}`);
  return allow ? { action: "accept", content: { allow: "once" } } : { action: "decline" };
});
await client.connect(new StdioClientTransport({ command, args, stderr: "ignore" }));

const { tools } = await client.listTools();
for (const { name, inputSchema } of tools) {
  say(`sees ${name}(${Object.keys(inputSchema.properties).join(", ")})`);
}
for await (const line of createInterface({ input: process.stdin })) {
  const { tool, args } = JSON.parse(line);
  try {
    const result = await client.callTool({ name: tool, arguments: args });
    const text = result.content.map((part) => part.text).join(" ");
    say(`${result.isError ? "error" : "ok"}     ${tool} ${short(args)}: ${short(text.slice(0, 60))}`);
  } catch (error) {
    const { step, code } = error.data ?? {};
    say(`denied ${tool} ${short(args)}: ${step ?? "-"} ${code ?? error.message}`);
  }
}
await client.close();
