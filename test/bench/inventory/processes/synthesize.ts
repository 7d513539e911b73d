import { synthesizeAmbit } from "../../ambit";

/** Run by the bench in a process of its own. Arguments: number of agents, the folder to write */
const [agents, outdir] = process.argv.slice(2);
synthesizeAmbit(Number(agents), outdir as string);
