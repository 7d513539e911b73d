import { readStarterConfig } from "../../../runtime/starters/config";
import { CONFIG } from "../../support/starter-config";

const read = (value: unknown) => readStarterConfig(JSON.stringify(value));

test("a configuration is taken as it is", () => {
  expect(read(CONFIG)).toEqual(CONFIG);
  expect(read({ ...CONFIG, body: [1], ca: "/ca.pem", kmsEndpoint: "http://127.0.0.1:5000" })).toMatchObject({
    body: [1],
  });
});

test.each([
  ["there is none", undefined, "AMBIT_CONFIG_JSON must be the configuration as JSON, got nothing: set it"],
  ["it is no JSON", "{", "AMBIT_CONFIG_JSON must be JSON"],
  ["a member is unknown", JSON.stringify({ ...CONFIG, keys: [] }), 'must not have "keys"'],
  [
    "it is for another start",
    JSON.stringify({ ...CONFIG, start: "user" }),
    'start must be event or schedule, got "user"',
  ],
  [
    "the address is not encrypted",
    JSON.stringify({ ...CONFIG, address: "http://x.example" }),
    "address must be an https address",
  ],
  ["events come from elsewhere", JSON.stringify({ ...CONFIG, from: "web" }), 'from must be bus or senders, got "web"'],
  ["the agent is no SPIFFE ID", JSON.stringify({ ...CONFIG, agent: "triage" }), "agent must be a SPIFFE ID"],
  ["the method has no body", JSON.stringify({ ...CONFIG, method: "GET" }), 'method must be POST or PUT, got "GET"'],
  ["no key is named", JSON.stringify({ ...CONFIG, key: "" }), "key must be the alias of a key in KMS"],
])("fails when %s", (_, json, message) => {
  expect(() => readStarterConfig(json)).toThrow(message);
});
