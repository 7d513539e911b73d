/** Control of a standard, as a report names it: `<standard>/<id>`, such as `owasp-asi/ASI03` */
export type ControlId =
  | `sp800-207/${1 | 2 | 3 | 4 | 5 | 6 | 7}`
  | `ai-rmf/${"GOVERN" | "MAP" | "MEASURE" | "MANAGE"} ${string}`
  | `owasp-asi/ASI${string}`
  | `owasp-nhi/NHI${string}`
  | `owasp-mcp/MCP${string}`
  | `maestro/L${1 | 2 | 3 | 4 | 5 | 6 | 7}`
  | `sp800-53/${string}`
  | `iso42001/A.${string}`;
