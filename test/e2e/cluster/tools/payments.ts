import { type Definition, objectOf, pinsOf } from "./mcp-stand-in";

const order = { type: "string", pattern: "^[A-Z]{2}-[0-9]{1,8}$" };

/** What the server for payments says of its tools. The pins in the example's declaration are of this text. */
export const PAYMENTS: readonly Definition[] = [
  { name: "find_order", description: "Finds an order by its number", inputSchema: objectOf({ order }) },
  {
    name: "create_refund",
    description: "Pays back an amount of an order, in euros",
    inputSchema: objectOf({ order, amount: { type: "number", exclusiveMinimum: 0 } }),
  },
];

export const PINS = pinsOf(PAYMENTS);
