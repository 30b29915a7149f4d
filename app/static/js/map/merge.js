// Neighbours that would overlap become one circle; without this, server cells make the map look like a spreadsheet.

/** What one point brings into a group: a server's cluster counts for many. */
const weight = (point) => point.properties.n;

function absorb(seed, points, taken, reach) {
  const near = (point) => Math.hypot(point.x - seed.x, point.y - seed.y) < reach(seed, point);
  return points.filter((point) => !taken.has(point) && near(point));
}

/**
 * Greedy, biggest first: each point swallows what lies within reach(seed, point) pixels and keeps its own place, so that the
 * answer is the same however the map was panned.
 * points: [{x, y, key, properties}] -> [{seed, members, n}]
 */
export function mergeNeighbours(points, reach) {
  const ordered = [...points].sort((a, b) => weight(b) - weight(a) || (a.key < b.key ? -1 : 1));
  const taken = new Set();
  const groups = [];
  for (const seed of ordered) {
    if (taken.has(seed)) continue;
    const members = absorb(seed, ordered, taken, reach);
    members.forEach((member) => taken.add(member));
    groups.push({ seed, members, n: members.reduce((sum, member) => sum + weight(member), 0) });
  }
  return groups;
}
