import { jsonLog, told } from "../../runtime/log";
import { progress } from "../progress";
import { DevelopmentPlatform } from "./development-platform";
import { onEndingSignal } from "../ending-signals";
import { EnvoyRefused } from "./gateway/find-envoy";
import { UsageError } from "../program";
import { HELP, type Options, optionsOf } from "./options";
import { oversightCommands } from "./oversight/oversight-commands";
import { DevelopmentPage } from "./page/development-page";
import { commandsAsJson, commandsText } from "./printed";
import { readyMadeCommands } from "./ready-made-commands";
import { tellStory } from "./story/tell-story";

const IO = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
};

/** @returns the exit code */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const options = optionsOf(args);
    if (options === undefined) return (IO.out(HELP), 0);
    return options.story ? await tellStory(options, IO) : await serve(options);
  } catch (error) {
    if (error instanceof UsageError) return (IO.err(`${error.message}\n\n${HELP}`), 2);
    const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    const fix = taken ? ": choose another one with --port, or 0 for any free one" : "";
    const said = error instanceof EnvoyRefused ? error.message : told(error);
    return (IO.err(`${said}${fix}\n`), 1);
  }
}

/** Until it is stopped */
async function serve({ props, json, page: isWanted }: Options): Promise<number> {
  const stopped = new Promise<void>(onEndingSignal);
  const page = isWanted ? new DevelopmentPage(props, jsonLog(IO.err)) : undefined;
  const observing = page === undefined ? { log: jsonLog(IO.err) } : { log: page.log, observer: page.observer };
  const starting = DevelopmentPlatform.start({ ...props, ...observing });
  const platform = await progress(IO, "starting exchange, gateway and companions", starting);
  try {
    const address = await page?.start(platform);
    const commands = [...readyMadeCommands(platform), ...oversightCommands(platform)];
    IO.out(json ? commandsAsJson(platform, commands, address) : commandsText(platform, commands, address));
    await stopped;
  } finally {
    await page?.close();
    await platform.close();
  }
  return 0;
}
