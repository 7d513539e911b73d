import schemaOfMicrosoft from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
import Ajv from "ajv";
import addFormats from "ajv-formats";

// Of JSON Schema's draft 4 it uses nothing that later drafts read otherwise, but for what it is called.
const { $schema: _draft, id: _id, ...schema } = schemaOfMicrosoft as Readonly<Record<string, unknown>>;

// One of its patterns is none for the flag `u`.
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv);
const validate = ajv.compile(schema);

/** What is wrong with a text as SARIF 2.1.0; empty where nothing is */
export function sarifErrors(text: string): readonly string[] {
  const errors = validate(JSON.parse(text)) ? [] : (validate.errors ?? []);
  return errors.map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}
