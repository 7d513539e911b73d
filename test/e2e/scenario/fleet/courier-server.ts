import { type Definition, objectOf, pinsOf } from "../../cluster/tools/mcp-stand-in";

const parcel = { type: "string", pattern: "^PX-[0-9]{1,8}$" };

/** What the courier's MCP server says of its tools. The pins in the declaration are of this text. */
export const COURIER: readonly Definition[] = [
  { name: "track_parcel", description: "Says where a parcel is", inputSchema: objectOf({ parcel }) },
  {
    name: "resend_parcel",
    description: "Sends a parcel again, to an address",
    inputSchema: objectOf({ parcel, address: { type: "string", maxLength: 200 } }),
  },
  {
    name: "compensate_customer",
    description: "Pays the customer of a lost parcel an amount, in euros",
    inputSchema: objectOf({ parcel, amount: { type: "number", exclusiveMinimum: 0 } }),
  },
];

export const PINS = pinsOf(COURIER);
