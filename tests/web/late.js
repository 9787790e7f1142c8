// Answers that take their time, each another one: what was asked first is not answered first. Chosen by `chance`, a text.
(chance, longest) => {
  let state = [...chance].reduce((sum, letter) => Math.imul(sum ^ letter.codePointAt(0), 0x01000193), 0x811c9dc5);
  const later = () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    const part = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    return new Promise((resolve) => setTimeout(resolve, part ** 3 * longest)); // most are soon there, and a few are not
  };
  // Each part comes late, and none before the one ahead of it.
  const lateParts = (body) =>
    new ReadableStream({
      async start(stream) {
        let before = Promise.resolve();
        const after = (act) => (before = Promise.all([before, later()]).then(act).catch(() => {})); // nobody listens any more
        try {
          for await (const part of body) after(() => stream.enqueue(part));
          after(() => stream.close());
        } catch (error) {
          after(() => stream.error(error));
        }
      },
    });
  const ask = globalThis.fetch;
  globalThis.fetch = async (address, options) => {
    if (!`${address}`.startsWith("/api/")) return ask(address, options);
    await later();
    const answer = await ask(address, options);
    if (answer.headers.get("content-type")?.startsWith("text/event-stream")) return new Response(lateParts(answer.body), answer);
    await later();
    return answer;
  };
}
