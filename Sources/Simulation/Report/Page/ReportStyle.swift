/// The report's style sheet. It holds neither `&` nor `<`, so that it may stand in XML as it is.
package enum ReportStyle {
    /// The text of the `style` element. Colours of text have a contrast of at least 4.5 to 1 to what
    /// is behind them, lines and bars of 3 to 1; blue, orange and grey differ to the colour-blind.
    package static let css = """

        :root {
          color-scheme: light dark;
          --page: #f6f7f9; --card: #ffffff; --text: #1a1f26; --muted: #56606c; --rule: #d9dee5;
          --accent: #0b5cad; --good: #11603a; --good-back: #dcf2e5; --warn: #7a4100;
          --warn-back: #fff2da; --warn-rule: #b4690e;
          --blue: #0b5cad; --orange: #b9540a; --grey: #66717f; --purple: #8a3b86;
          --step1: #5d94c9; --step2: #3a78b5; --step3: #1c5895; --step4: #0a3566;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #12151a; --card: #1a1f26; --text: #e7eaee; --muted: #a5afbb; --rule: #343c47;
            --accent: #7ab8ff; --good: #8fe0b0; --good-back: #133524; --warn: #ffd08a;
            --warn-back: #35260f; --warn-rule: #d3922f;
            --blue: #6cb0ff; --orange: #f09a50; --grey: #a3aebb; --purple: #d996d5;
            --step1: #4c81b5; --step2: #76a9dc; --step3: #a3ccf3; --step4: #d8ebff;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
          margin: 0 auto; max-width: 1000px; padding: 24px 16px 64px; background: var(--page);
          color: var(--text); line-height: 1.55; font-size: 16px; overflow-wrap: anywhere;
          font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
        }
        h1, h2, h3, p, figure, dl, dd, ul, pre { margin: 0; }
        h1 { font-size: clamp(1.6rem, 5vw, 2.2rem); line-height: 1.2; letter-spacing: -0.015em; }
        h2 { font-size: 1.25rem; line-height: 1.3; margin: 48px 0 12px; letter-spacing: -0.005em; }
        h3 { font-size: 1rem; line-height: 1.4; margin-bottom: 4px; }
        .brand { color: var(--muted); font-size: 0.85rem; margin-bottom: 6px; }
        .subtitle { color: var(--muted); margin-top: 12px; font-size: 0.95rem; }
        .badge {
          display: inline-block; margin-right: 6px; padding: 1px 10px; border-radius: 999px;
          font-size: 0.82rem; font-weight: 600; color: var(--good); background: var(--good-back);
        }
        .badge.stopped { color: var(--warn); background: var(--warn-back); }
        .prose { max-width: 44em; }
        .prose p + p { margin-top: 0.8em; }
        p.prose { color: var(--muted); margin-bottom: 16px; }
        .item { max-width: 48em; margin-top: 20px; break-inside: avoid; }
        .item p + p { margin-top: 0.4em; }
        .notice {
          margin-top: 20px; padding: 12px 16px; border-radius: 6px; color: var(--text);
          background: var(--warn-back); border-left: 4px solid var(--warn-rule);
        }
        .notice strong { color: var(--warn); }
        .notice pre { margin-top: 8px; white-space: pre-wrap; }
        .cards {
          display: grid; gap: 12px; margin-top: 24px;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 210px), 1fr));
        }
        .card, figure, .blocks > .scroll {
          background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
        }
        .card { padding: 14px 16px; }
        .card dt { color: var(--muted); font-size: 0.85rem; line-height: 1.35; }
        .card dd { color: var(--muted); font-size: 0.85rem; line-height: 1.4; }
        .card dd.number {
          color: var(--text); font-size: 1.9rem; font-weight: 650; line-height: 1.3;
          letter-spacing: -0.02em; font-variant-numeric: tabular-nums;
        }
        .blocks {
          display: grid; gap: 16px; align-items: start;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr));
        }
        .blocks.wide { grid-template-columns: minmax(0, 1fr); }
        .blocks > * { min-width: 0; }
        .blocks > :has(table.text) { grid-column: 1 / -1; }
        .wide td, .wide th { white-space: nowrap; }
        .wide thead th { white-space: normal; }
        figure { padding: 14px 16px; max-width: 640px; }
        figcaption { font-weight: 600; margin-bottom: 8px; }
        svg { display: block; width: 100%; height: auto; }
        svg text { font-family: inherit; font-variant-numeric: tabular-nums; }
        .tick, .axis { fill: var(--muted); font-size: 12px; }
        .value { fill: var(--text); font-size: 10.5px; }
        .grid { stroke: var(--rule); stroke-width: 1; }
        .base { stroke: var(--muted); stroke-width: 1; }
        .line {
          fill: none; stroke: var(--ink); stroke-width: 2; stroke-dasharray: var(--dash, none);
          stroke-linejoin: round;
        }
        .mark { fill: var(--ink); stroke: var(--card); stroke-width: 1; }
        .bar { fill: var(--ink); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        .ink-private { --ink: var(--blue); }
        .ink-popularity { --ink: var(--orange); --dash: 7 4; }
        .ink-without { --ink: var(--grey); --dash: 2 3; }
        .ink-coordinator { --ink: var(--blue); }
        .ink-observer { --ink: var(--purple); --dash: 7 4; }
        .ink-planned { --ink: var(--grey); --dash: 2 3; }
        .ink-step1 { --ink: var(--step1); --dash: 1.5 2.5; }
        .ink-step2 { --ink: var(--step2); --dash: 5 3; }
        .ink-step3 { --ink: var(--step3); }
        .ink-step4 { --ink: var(--step4); --dash: 9 3; }
        .ink-run1 { --ink: var(--blue); }
        .ink-run2 { --ink: var(--orange); --dash: 7 4; }
        .ink-run3 { --ink: var(--purple); --dash: 2 3; }
        .ink-run4 { --ink: var(--step3); --dash: 9 3 2 3; }
        .ink-run5 { --ink: var(--grey); }
        .ink-run6 { --ink: var(--orange); --dash: 1.5 2.5; }
        .legend {
          display: flex; flex-wrap: wrap; gap: 2px 16px; margin-top: 8px; padding: 0;
          list-style: none; font-size: 0.85rem;
        }
        .legend li { display: flex; align-items: center; gap: 7px; }
        .sample { flex: none; width: 22px; height: 10px; }
        .square { width: 10px; }
        .remark { margin-top: 8px; color: var(--muted); font-size: 0.85rem; line-height: 1.45; }
        details { margin-top: 10px; }
        summary { cursor: pointer; color: var(--accent); font-size: 0.9rem; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        .scroll { overflow: auto; max-width: 100%; max-height: 30rem; }
        .blocks > .scroll { padding: 6px 16px 10px; max-height: none; }
        table {
          border-collapse: collapse; width: 100%; font-size: 0.88rem; overflow-wrap: normal;
          font-variant-numeric: tabular-nums;
        }
        caption { padding: 8px 0; text-align: left; font-weight: 600; }
        th, td { padding: 5px 0 5px 14px; text-align: right; border-top: 1px solid var(--rule); }
        th { font-weight: 500; }
        thead th { color: var(--muted); border-top: 0; vertical-align: bottom; }
        th:first-child { padding-left: 0; text-align: left; }
        table.text td { overflow-wrap: anywhere; }
        tbody th[scope="row"] { min-width: 5.5em; }
        code, pre {
          font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.85rem;
        }
        .listing {
          margin-top: 10px; padding: 12px 16px; overflow-x: auto; background: var(--card);
          border: 1px solid var(--rule); border-radius: 8px; overflow-wrap: normal;
        }
        @media (max-width: 560px) {
          body { padding: 16px 12px 48px; }
          .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px; }
          .card { padding: 10px 12px; }
          .card dd.number { font-size: 1.5rem; }
          figure { padding: 12px 10px; }
          .tick, .axis { font-size: 13.5px; }
          .blocks > .scroll { padding: 4px 12px 8px; }
        }
        @media print {
          :root {
            --page: #ffffff; --card: #ffffff; --text: #000000; --muted: #454d57; --rule: #c9ced6;
            --accent: #0b5cad; --good: #11603a; --good-back: #dcf2e5; --warn: #7a4100;
            --warn-back: #fff2da; --warn-rule: #b4690e;
            --blue: #0b5cad; --orange: #b9540a; --grey: #66717f; --purple: #8a3b86;
            --step1: #5d94c9; --step2: #3a78b5; --step3: #1c5895; --step4: #0a3566;
          }
          body { max-width: none; padding: 0; font-size: 11pt; }
          .scroll { overflow: visible; max-height: none; }
          .listing { white-space: pre-wrap; overflow-wrap: anywhere; }
          figure, .card, .notice, tr { break-inside: avoid; }
          h2 { break-after: avoid; }
        }

        """
}
