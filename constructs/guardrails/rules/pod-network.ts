import type { Rule } from "../rule";
import { defaultDeny } from "./pod-network/default-deny";
import { egress } from "./pod-network/egress";
import { ingress } from "./pod-network/ingress";
import { published } from "./pod-network/published";

export const POD_NETWORK_RULES: readonly Rule[] = [defaultDeny, egress, ingress, published];
