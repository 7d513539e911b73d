import { Dataset } from "../../../../constructs";
import { NAME } from "./names";

interface Named {
  readonly name: string;
}

export const named: Named = { name: NAME };

export const tickets = Dataset.external(named.name, { sensitivity: "confidential" });
