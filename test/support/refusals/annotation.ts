import { Annotations, Testing } from "cdktf";
import { Fleet } from "../../../constructs";
import { platform } from "../../../fleet/platform";
import { TrustStack } from "../../../stacks";

type Sentence = string;

const sentence: Sentence = "name a cost centre";
const app = Testing.app();
const stack = new TrustStack(app, "trust", { platform, fleet: Fleet.of() });
Annotations.of(stack).addError(sentence);

app.synth(); // here
