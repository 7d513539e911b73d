import { Testing } from "cdktf";
import { Fleet } from "../../../constructs";
import { platform } from "../../../fleet/platform";
import { TrustStack } from "../../../stacks";

type Sentences = readonly string[];

const sentences: Sentences = ["name a cost centre", "name a region"];
const app = Testing.app();
const stack = new TrustStack(app, "trust", { platform, fleet: Fleet.of() });
stack.node.addValidation({ validate: () => [...sentences] });

app.synth(); // here
