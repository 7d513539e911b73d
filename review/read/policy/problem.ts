/** Why a policy cannot be read, in words that end a sentence */
export class Problem extends Error {}
