// How the sound of one call goes between this browser and Asterisk (ICE, RFC 8445): straight, or relayed by the TURN
// server; and what is wrong with that server, where it gave no relayed address.

/**
 * ICE candidates that have not come by then are not waited for: the answer is sent, and the agent is on the line. Asterisk
 * takes no later ones, so a relayed address, which may be the only way, is worth the time of a few round trips.
 */
const GATHER_MS = { direct: 500, relayed: 3_000 };
/** What a TURN server says of a name or password that it does not take (RFC 8656, 9.2 of RFC 8489). */
const REFUSALS = new Set([401, 403, 438, 441]);

export class Way {
  /** As RTCPeerConnection wants them. */
  servers;
  /** Sound could go, once at least. */
  wasFound = false;
  #connection = null;
  #isRelayed = false;
  #isRefused = false;

  /** `given`: the pass's `ice_servers`. */
  constructor(given) {
    this.servers = given.map(({ urls, username, credential }) => (username ? { urls, username, credential } : { urls }));
  }

  /** Whether there is a TURN server to be asked. */
  get hasTurn() { return this.servers.some((one) => one.username); }

  /** "refused": it does not take our password. "away": it does not answer. null: it works, or there is none. */
  get trouble() {
    if (!this.hasTurn || this.#isRelayed) return null;
    return this.#isRefused ? "refused" : "away";
  }

  /** Milliseconds to wait for more candidates after this one. */
  patienceAfter(candidate) {
    this.#isRelayed ||= candidate.type === "relay";
    return this.hasTurn && !this.#isRelayed && !this.#isRefused ? GATHER_MS.relayed : GATHER_MS.direct;
  }

  /** `found()` when sound can go for the first time. */
  follow(connection, found) {
    this.#connection = connection;
    connection.addEventListener("icecandidateerror", ({ errorCode }) => { this.#isRefused ||= REFUSALS.has(errorCode); });
    connection.addEventListener("connectionstatechange", () => {
      if (this.wasFound || connection.connectionState !== "connected") return;
      this.wasFound = true;
      found();
    });
  }

  /** Resolves to "direct", "relayed", or null while no sound goes. */
  async kind() {
    const seen = new Map((await this.#connection.getStats()).entries());
    const transport = [...seen.values()].find((one) => one.type === "transport");
    const pair = seen.get(transport?.selectedCandidatePairId);
    const own = seen.get(pair?.localCandidateId);
    if (own === undefined) return null;
    return own.candidateType === "relay" ? "relayed" : "direct";
  }
}
