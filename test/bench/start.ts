/** Run by the bench in a process of its own: how long the first `require` of a module takes, in milliseconds. */
const [specifier] = process.argv.slice(2);
const begun = performance.now();
// eslint-disable-next-line @typescript-eslint/no-require-imports
require(specifier as string);
process.stdout.write(JSON.stringify(performance.now() - begun));
