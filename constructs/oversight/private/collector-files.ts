export const FOLDER = { config: "/etc/ambit-collector", token: "/var/run/secrets/ambit-collector" } as const;

/** Files of its ConfigMap */
export const FILE = { config: "collector.yaml", helper: "helper.json" } as const;
