/// The script that keeps a page up to date. Pages work without it: they then load anew by
/// themselves.
///
/// It asks for the page that is shown, with the tag of the last answer, and changes only what
/// differs, so that focus, selection, scrolling and opened details stay as they are. What must not
/// be missed is in `data-announce` attributes: sentences that were not there before are read out to
/// screen readers.
enum DashboardScript {
    static let text = #"""
        const pause = 2000, longestPause = 30000, patience = 10000;
        const root = document.documentElement;
        const element = (id) => document.getElementById(id);
        const clock = (date) => date.toISOString().slice(11, 19) + " UTC";

        let tag = null, failures = 0, timer = 0, lastAnswer = new Date(), isAsking = false;

        function announce(text) { element("announcements").textContent = text; }

        function sentences() {
          return new Set([...document.querySelectorAll("[data-announce]")]
            .map((each) => each.dataset.announce));
        }

        // Whether a reader has marked text there, which a change would take away.
        function isMarked(node) {
          const selection = document.getSelection();
          return selection && !selection.isCollapsed && selection.containsNode(node, true);
        }

        // Makes a node what another is, and leaves alone what is the same in both. The answer is
        // false where something had to be left for later.
        function update(node, wanted) {
          if (node.isEqualNode(wanted)) return true;
          if (node.nodeType !== Node.ELEMENT_NODE) {
            if (node.data === wanted.data) return true;
            if (isMarked(node)) return false;
            node.data = wanted.data;
            return true;
          }
          // What a reader opened stays open, and what a button says stays until its time is over.
          const isKept = (name) => name === "data-outcome"
            || (name === "open" && node.localName === "details");
          for (const { name } of [...node.attributes]) {
            if (!wanted.hasAttribute(name) && !isKept(name)) node.removeAttribute(name);
          }
          for (const { name, value } of wanted.attributes) {
            if (node.getAttribute(name) !== value && !isKept(name)) node.setAttribute(name, value);
          }
          return updateChildren(node, wanted);
        }

        function updateChildren(node, wanted) {
          const named = new Map([...node.children].filter((each) => each.id)
            .map((each) => [each.id, each]));
          let isComplete = true;
          let next = node.firstChild;
          for (const child of wanted.childNodes) {
            const isAlike = next && next.nodeName === child.nodeName && !next.id && !child.id;
            const match = child.id ? named.get(child.id) : isAlike ? next : null;
            if (!match || match.nodeName !== child.nodeName) {
              node.insertBefore(document.importNode(child, true), next);
              continue;
            }
            if (match === next) next = next.nextSibling;
            else node.insertBefore(match, next);
            isComplete = update(match, child) && isComplete;
          }
          while (next) {
            const rest = next.nextSibling;
            next.remove();
            next = rest;
          }
          return isComplete;
        }

        function show(page) {
          const script = page.querySelector("script[src]")?.getAttribute("src");
          if (script && script !== new URL(import.meta.url).pathname) {
            location.reload();
            return true;
          }
          const before = sentences();
          let isComplete = true;
          for (const region of document.querySelectorAll("[data-live]")) {
            const wanted = page.getElementById(region.id);
            if (wanted) isComplete = update(region, wanted) && isComplete;
          }
          document.title = page.title;
          const fresh = [...sentences()].filter((each) => !before.has(each));
          if (fresh.length) announce(fresh.join(" "));
          return isComplete;
        }

        async function ask() {
          const headers = tag ? { "if-none-match": tag } : {};
          const answer = await fetch(location.pathname, {
            headers, cache: "no-store", signal: AbortSignal.timeout(patience),
          });
          // A task's page that says that there is no such task is an answer too.
          const isPage = answer.headers.get("content-type")?.startsWith("text/html");
          if (answer.status === 304) return;
          if (answer.redirected || !isPage || (!answer.ok && answer.status !== 404)) {
            throw new Error("status " + answer.status);
          }
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          tag = show(page) ? answer.headers.get("etag") : null;
        }

        function connected() {
          if (failures) {
            element("connection").hidden = true;
            announce("Connected again.");
          }
          failures = 0;
          lastAnswer = new Date();
          root.dataset.connection = "live";
          element("freshness").textContent = "Live, " + clock(lastAnswer);
        }

        function disconnected() {
          failures += 1;
          root.dataset.connection = "lost";
          element("freshness").textContent = "Not connected";
          if (failures > 1) return;
          const text = "Connection lost since " + clock(lastAnswer) + ". Trying again.";
          element("connection").textContent = text;
          element("connection").hidden = false;
          announce(text);
        }

        async function poll() {
          clearTimeout(timer);
          if (isAsking || document.hidden) return;
          isAsking = true;
          try {
            await ask();
            connected();
          } catch {
            disconnected();
          }
          isAsking = false;
          if (!document.hidden) {
            timer = setTimeout(poll, Math.min(longestPause, pause * 2 ** failures));
          }
        }

        document.addEventListener("visibilitychange", poll);

        async function copy(text) {
          try {
            await navigator.clipboard.writeText(text.textContent);
            return "Copied.";
          } catch {
            // Only pages over TLS, and on this machine, may write to the clipboard.
            document.getSelection().selectAllChildren(text);
            return "Marked. Copy it with your keyboard.";
          }
        }

        document.addEventListener("click", async (event) => {
          const button = event.target.closest?.("[data-copy]");
          const text = button && element(button.dataset.copy);
          if (!text) return;
          const outcome = await copy(text);
          announce(outcome);
          button.dataset.outcome = outcome;
          setTimeout(() => delete button.dataset.outcome, 2000);
        });

        root.dataset.connection = "waiting";
        timer = setTimeout(poll, pause);

        """#
}
