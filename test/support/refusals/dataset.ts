import { Dataset, type SensitivityName } from "../../../constructs";

/** Types leave no line in the program that runs. */
interface Named {
  readonly name: string;
}

const pages: Named = Dataset.external("pages", {
  sensitivity: "internal",
});

export const [first, second] = [
  pages,
  Dataset.external("tickets", { sensitivity: "secret" as SensitivityName }), // here
];
