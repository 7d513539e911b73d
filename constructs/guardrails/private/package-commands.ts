/** Programs that load a package and run it: the first word that is no option, unless an option names it */
const RUNNERS = [
  ...["npx", "pnpx", "bunx", "uvx", "npm x", "npm exec", "pnpm dlx", "yarn dlx", "bun x"],
  ...["pipx run", "uv tool run", "uv run", "go run", "deno run"],
];
/** Programs that load packages, to be run later: each word that is no option */
const INSTALLERS = [
  ...[
    "npm install",
    "npm i",
    "npm add",
    "pnpm add",
    "pnpm install",
    "pnpm i",
    "yarn add",
    "yarn global add",
    "bun add",
  ],
  ...["bun install", "pip install", "uv pip install", "uv tool install", "uv add", "pipx install", "go install"],
];

const COMMAND = new RegExp(`(?:^|[\\s;&|"'(/])(?:(${anyOf(RUNNERS)})|(${anyOf(INSTALLERS)}))(?=\\s)([^;&|]*)`, "g");

/** Options may stand before a command, as in `pip --quiet install`. */
function anyOf(commands: readonly string[]): string {
  return commands.map((each) => each.replace(/^pip\b/, "pip[\\d.]*").replace(/ /g, "\\s+(?:-\\S+\\s+)*")).join("|");
}

const PROGRAM = /\b(?:npx|pnpx|bunx|uvx|pipx|npm|pnpm|yarn|bun|pip[\d.]*|uv|go|deno)\b/;

/** Whether a text names a program that loads packages: cheap to ask, before it is read */
export function loadsPackages(text: string): boolean {
  return PROGRAM.test(text);
}

/** Options that take the package in place of the first word, and `-p` of those of npm: of uv it is the version of Python. */
const PACKAGE = /^(?:--package|--from|--spec)(?:=(.+))?$/;
const NPM_PACKAGE = /^(?:-p|--package)(?:=(.+))?$/;
/** Options that take one more package */
const MORE = /^--with(?:=(.+))?$/;
/** Options that take another value */
const VALUED =
  /^(?:--python|--(?:extra-|default-)?index(?:-url)?|--registry|--cache(?:-dir)?|--prefix|--userconfig|--workspace|--call|--(?:with-)?requirements?|--constraints?|--find-links|--target|--root|--trusted-host|--proxy|--timeout|--retries|-[cw])$/;
const PYTHON_VALUED = /^-[fiprt]$/;
/** With it nothing is loaded. */
const LOCAL = /^--(?:no|no-install|offline)$/;
const PINNED = /@v?\d+\.\d+\.\d+[\w.+-]*(?:$|\/)|==v?\d[\w.+!-]*$|@[0-9a-f]{40}$|^[./~]/;

/** What a program takes for a package, where it takes a file too */
const REMOTE: Readonly<Record<string, RegExp>> = {
  deno: /^(?:npm|jsr|https?):/,
  go: /^[\w-]+(?:\.[\w-]+)+\//,
  // What `uv run` runs is a file of the project.
  uv: /^\b$/,
};

/** The packages that a command line loads without their version, as it names them */
export function unpinnedPackagesIn(line: string): readonly string[] {
  if (!loadsPackages(line)) return [];
  return [...line.matchAll(COMMAND)].flatMap(([, runner, installer, rest = ""]) => {
    const words = rest.split(/[\s"')]+/).filter((word) => word !== "" && word !== "--");
    if (words.some((word) => LOCAL.test(word))) return [];
    const command = (runner ?? installer ?? "").replace(/\s+(?:-\S+\s+)*/g, " ");
    return packagesOf(words, command, runner !== undefined).filter((each) => !PINNED.test(each));
  });
}

function packagesOf(words: readonly string[], command: string, isRun: boolean): readonly string[] {
  const isPython = /^(?:uv|pip)/.test(command);
  const naming = isPython ? PACKAGE : NPM_PACKAGE;
  const after = (option: RegExp): readonly string[] =>
    words.flatMap((word, index) => {
      const found = option.exec(word);
      return found === null ? [] : [found[1] ?? words[index + 1] ?? word];
    });
  const takesValue = (word = ""): boolean =>
    [VALUED, MORE, ...(isRun ? [naming] : []), ...(isPython ? [PYTHON_VALUED] : [])].some((each) => each.test(word));
  const named = isRun ? after(naming) : [];
  const plain = words.filter((word, index) => !word.startsWith("-") && !takesValue(words[index - 1]));
  const remote =
    command === "uv run" || !command.startsWith("uv") ? REMOTE[command.split(" ")[0] as string] : undefined;
  const taken = (isRun ? plain.slice(0, 1) : plain).filter((each) => remote?.test(each) ?? true);
  return [...after(MORE), ...(named.length > 0 ? named : taken)];
}
