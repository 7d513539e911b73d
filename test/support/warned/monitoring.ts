/** Of a fleet that has none of the agents that the example has watched */
export const monitoring = {};
