/** In the image of the story's agents */
export const PYTHON = "/usr/local/bin/python3";
export const APP = "/app";

/** Programs by the agent whose code they are */
export const PROGRAMS = {
  "support-triage": "agent.py",
  "parcel-desk": "parcel_desk.py",
  "parcel-payer": "parcel_payer.py",
} as const;

/** What their containers run */
export const COMMANDS = Object.fromEntries(
  Object.entries(PROGRAMS).map(([agent, file]) => [agent, [PYTHON, `${APP}/${file}`]]),
) as unknown as Readonly<Record<keyof typeof PROGRAMS, readonly string[]>>;
