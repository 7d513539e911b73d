/** Nothing is said of a rule by a test that waited for too long: the machine may have been busy. */
export function hasTimedOut(messages: readonly string[]): boolean {
  return messages.some((message) => message.includes("Exceeded timeout of"));
}
