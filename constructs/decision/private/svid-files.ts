import { svidFiles } from "../../platform/svid-files";

/** Of OPA */
export const SVID = svidFiles("opa");
