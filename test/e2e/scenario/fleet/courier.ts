import { Dataset, Tool } from "../../../../constructs";

export const parcels = Dataset.external("parcels", { sensitivity: "confidential", untrusted: true });

/** Of another company, so that what is done there is seen outside */
export const courier = Tool.mcp("courier", {
  url: "https://mcp.courier.example",
  clearance: "confidential",
  untrustedOutput: false,
  actions: {
    track: {
      tool: "track_parcel",
      pin: "sha256:6cd3534bc35a0b0631de8e9a6580f0a4807040d86c82ba9d3c6b0726dfa10e3c",
      readOnly: true,
      touches: [parcels.read()],
    },
    resend: {
      tool: "resend_parcel",
      pin: "sha256:4b9c51b66d2aa14d20a9c57537a30419f00426d022c283b364d32b83d32ba582",
      touches: [parcels.write()],
    },
    compensate: {
      tool: "compensate_customer",
      pin: "sha256:b5f5b2e42e624a7dbd677e1f637527f1e798516987b0282ae2caf12bdcaf7530",
      touches: [parcels.write()],
    },
  },
});
