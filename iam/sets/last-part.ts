/** What follows the last slash of a text; a reference may hold slashes of its own. */
export function lastPart(text: string): string {
  const plain = text.replace(/\$\{[^{}]*\}/g, (reference) => "_".repeat(reference.length));
  return text.slice(plain.lastIndexOf("/") + 1);
}
