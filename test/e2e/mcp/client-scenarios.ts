import { Client, type ClientOptions, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Revision } from "../../../runtime/authorizer/mcp/revisions";

/** What the conformance suite tells the client of a scenario besides */
export interface ScenarioContext {
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: Record<string, unknown> }[];
}

type Negotiation = NonNullable<ClientOptions["versionNegotiation"]>;

export interface ClientScenario {
  /** @default - the revision that is judged, and no other */
  readonly versionNegotiation?: Negotiation;
  /** Why the last call of its client fails, though the suite is content with what it has sent */
  readonly endsWithout?: { readonly straight?: string; readonly through?: string };
  /** Of its server */
  readonly tools: readonly string[];
  /** What the client does once it is connected */
  readonly act: (client: Client, context: ScenarioContext) => Promise<unknown>;
}

const SCHEMA_TOOL = "json_schema_2020_12_tool";
const NO_ARGUMENTS = { arguments: {} } as const;
/** An answer comes within a second where nothing is between. */
const PATIENCE = { timeout: 5_000 } as const;
const NO_TYPE = "the SDK refuses a result without resultType, which the suite has its server give";
const CONNECTING: ClientScenario = { tools: [], act: async () => undefined };
/** Their definitions mark headers as they must not: no client may call one. */
const INVALID_TOOLS = [
  "invalid_empty_header",
  "invalid_object_header",
  "invalid_array_header",
  "invalid_null_header",
  "invalid_number_header",
  "invalid_duplicate_same_case",
  "invalid_duplicate_diff_case",
  "invalid_space_in_name",
  "invalid_colon_in_name",
  "invalid_non_ascii_name",
  "invalid_control_char_name",
] as const;

/** Scenarios of the suite that judge what a client sends to its server */
export const CLIENT_SCENARIOS: Readonly<Record<string, ClientScenario>> = {
  initialize: CONNECTING,
  tools_call: {
    tools: ["add_numbers"],
    act: async (client) => {
      await client.listTools();
      await client.callTool({ name: "add_numbers", arguments: { a: 5, b: 3 } });
    },
  },
  "elicitation-sep1034-client-defaults": calling("test_client_elicitation_defaults"),
  "sse-retry": {
    ...calling("test_reconnection"),
    endsWithout: {
      through: "the gateway leaves out an answer that comes on another stream than that of its request",
    },
  },
  "request-metadata": {
    // Its server refuses the first revision that it is asked for.
    ...CONNECTING,
    versionNegotiation: { mode: "auto" },
  },
  "sep-2322-client-request-state": {
    ...calling("test_mrtr_echo_state", "test_mrtr_unrelated", "test_mrtr_no_state", "test_mrtr_no_result_type"),
    endsWithout: { straight: NO_TYPE, through: NO_TYPE },
  },
  "http-standard-headers": {
    tools: ["test_headers", "my-hyphenated-tool"],
    act: async (client) => {
      const { tools } = await client.listTools();
      for (const { name } of tools) await client.callTool({ name, ...NO_ARGUMENTS });
      const { resources } = await client.listResources();
      for (const { uri } of resources) await client.readResource({ uri });
      const { prompts } = await client.listPrompts();
      for (const { name } of prompts) await client.getPrompt({ name });
    },
  },
  "http-custom-headers": {
    tools: ["test_custom_headers", "test_custom_headers_null"],
    act: async (client, { toolCalls = [] }) => {
      await client.listTools();
      for (const call of toolCalls) await client.callTool(call);
    },
  },
  "http-invalid-tool-headers": {
    tools: ["valid_tool", ...INVALID_TOOLS],
    act: async (client) => {
      const { tools } = await client.listTools();
      for (const { name } of tools) await client.callTool({ name, arguments: { region: "eu" } });
    },
  },
  "json-schema-ref-no-deref": { tools: ["lookup_user"], act: (client) => client.listTools() },
  "json-schema-2020-12-preservation": {
    tools: [SCHEMA_TOOL, "json_schema_echo"],
    act: async (client) => {
      const { tools } = await client.listTools();
      const schema = tools.find(({ name }) => name === SCHEMA_TOOL)?.inputSchema;
      await client.callTool({ name: "json_schema_echo", arguments: { schema } });
    },
  },
};

/** Every tool that a client calls in one of them */
export const SCENARIO_TOOLS: readonly string[] = Object.values(CLIENT_SCENARIOS).flatMap(({ tools }) => tools);

function calling(...tools: readonly string[]): ClientScenario {
  return {
    tools,
    act: async (client) => {
      await client.listTools();
      for (const name of tools) await client.callTool({ name, ...NO_ARGUMENTS }, PATIENCE);
    },
  };
}

/** Play one with the official client, which knows a base URL alone. */
export async function played(
  { versionNegotiation, act }: ClientScenario,
  revision: Revision,
  url: string,
  context: ScenarioContext,
): Promise<void> {
  const client = new Client(
    { name: "agent", version: "1.0.0" },
    {
      capabilities: { elicitation: { form: { applyDefaults: true } }, roots: {}, sampling: {} },
      versionNegotiation: versionNegotiation ?? negotiationOf(revision),
    },
  );
  client.setRequestHandler("elicitation/create", async () => ({ action: "accept", content: {} }));
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  try {
    await act(client, context);
  } finally {
    await client.close();
  }
}

function negotiationOf(revision: Revision): Negotiation {
  return revision === "2026-07-28" ? { mode: { pin: revision } } : { mode: "legacy" };
}
