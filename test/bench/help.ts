export const HELP = `Usage: npm run bench [-- [synth | spire | decisions | exchange | gateway | ways-in | revocation | telemetry | inventory | review | guardrails | coverage | audit | audit-cost] [--quick] [--json] [--write]]

  synth      Ambit and plain cdktf that emits the same resources: time and memory of the synth, growth, start.
             Without a name, this one
  spire      issuance of a real SPIRE server with the rendered configuration: one at a time, 50 at once, open loop
  decisions  Cedar and a real OPA with fleets of 10, 1,000 and 10,000 agents: time of a decision, size and building of
             the bundle
  exchange   the exchange beside Keycloak, beside its own parts, and in fleets of 10, 1,000 and 10,000 agents; as a
             function of AWS Lambda beside an empty handler: time to the first token, and size
  gateway    a tool's call through Envoy, authorizer and exchange, beside Envoy alone and beside an authorizer that always
             allows; with a folder and with DynamoDB as store, at half load, in fleets of 10 and 10,000 agents, and memory
             after many calls; the same of an MCP server's tool, and gateways of others whose binaries are given
             (AMBIT_PEER_THV, AMBIT_PEER_VMCP)
  ways-in    a user's request to an agent that calls a tool, through the gateway and its companion both ways, beside Envoy
             alone and beside sidecars in Node that let everything pass; in fleets of 10 and 10,000 agents that serve, how
             soon their routes are there, and what one more changes
  revocation an operator's order until the next request is refused, at the exchange and at the gateway, with 10 and with
             10,000 revocations in force
  telemetry  a token of the exchange and a call through the gateway, with a collector of traces and metrics and without
  inventory  \`ambit inventory\` of 1,000 and 10,000 agents beside parsing what it reads, and each format
  review     a review of 1,000, 3,000 and 10,000 agents beside parsing what it reads, of a boundary that reaches all, and
             single questions about access; how soon \`ambit\` starts
  guardrails a synth of 1,000 agents with guardrails and without, and their growth to 4,000
  coverage   \`ambit coverage\` of 10,000 agents beside parsing what it reads
  audit      \`ambit audit verify\` of a log of 1,000,000 records beside Tessera's fsck, with one thread and with two;
             \`ambit audit trace\` of one transaction among them
  audit-cost a token of the exchange and a call through the gateway, with records and their log and without

  --quick  synth: 100 and 1,000 agents only; review: 1,000 and 3,000, and no boundary; coverage: 1,000; the others: three short
           rounds, after which Keycloak is not warm yet
  --json   print every measurement as JSON
  --write  write the tables into docs/performance.md
  --help   print this text

Exit codes: 0 every ratio met, 1 a ratio missed or the bench failed, 2 unknown bench or option.
`;
