/// What the dashboard adds to the style sheet of the reports, whose colours, figures and tables it
/// has. Text has a contrast of at least 4.5 to 1, in light and in dark; states differ in shape and
/// word too.
enum DashboardStyle {
    static let css = """

        :root {
          --busy: #0b4f96; --busy-back: #e0edfb; --charged: #6d2b69; --charged-back: #f6e6f5;
          --bad: #96220f; --bad-back: #fde8e4; --quiet-back: #e9edf2; --track: #dde3ea;
          --mark-busy: #0b4f96; --mark-waiting: #4f8fcb; --mark-good: #1d7a4b; --mark-bad: #c2410c;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --busy: #9ccbff; --busy-back: #14304d; --charged: #ecb6e8; --charged-back: #3d2440;
            --bad: #ffb4a3; --bad-back: #44201a; --quiet-back: #2a313b; --track: #333b46;
            --mark-busy: #6cb0ff; --mark-waiting: #3f75ab; --mark-good: #5fc48d; --mark-bad: #f08a5d;
          }
        }
        body { max-width: 1440px; padding-top: 0; font-size: 15px; }
        a { color: var(--accent); text-underline-offset: 2px; text-decoration-thickness: 1px; }
        a:hover { text-decoration-thickness: 2px; }
        main:focus { outline: none; }
        h1 { font-size: clamp(1.4rem, 4vw, 1.75rem); margin-top: 24px; }
        h1 .state { vertical-align: 0.3em; margin-left: 6px; letter-spacing: 0; }
        h2 { font-size: 1.1rem; margin: 32px 0 10px; }
        h2 .state { margin-left: 4px; }
        ul, ol { margin: 0; padding: 0; list-style: none; }
        .quiet { color: var(--muted); }
        .unseen {
          position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
          clip-path: inset(50%); white-space: nowrap;
        }
        .skip { position: absolute; left: -100vw; top: 0; padding: 8px 14px; z-index: 3; }
        .skip:focus {
          left: 8px; top: 8px; background: var(--card); border-radius: 6px;
          border: 1px solid var(--rule);
        }
        .top {
          display: flex; flex-wrap: wrap; align-items: center; gap: 4px 20px; padding: 12px 0;
          border-bottom: 1px solid var(--rule);
        }
        .name { display: flex; align-items: center; gap: 8px; font-weight: 650; }
        .name .quiet { font-weight: 400; }
        .name svg { width: 30px; height: 24px; flex: none; }
        .name path {
          fill: none; stroke: var(--accent); stroke-width: 2.4; stroke-linecap: round;
          stroke-linejoin: round;
        }
        .top ul { display: flex; gap: 4px; }
        .top nav a {
          display: block; padding: 5px 10px; border-radius: 6px; text-decoration: none;
        }
        .top nav a:hover { background: var(--quiet-back); }
        .top nav a[aria-current] {
          color: var(--text); font-weight: 600; background: var(--quiet-back);
        }
        .freshness {
          margin-left: auto; color: var(--muted); font-size: 0.85rem;
          font-variant-numeric: tabular-nums;
        }
        .freshness::before {
          content: ""; display: inline-block; width: 8px; height: 8px; margin-right: 7px;
          border: 2px solid var(--muted); border-radius: 50%;
        }
        [data-connection="live"] .freshness::before {
          border-color: var(--mark-good); background: var(--mark-good);
        }
        [data-connection="lost"] .freshness::before { border-radius: 0; border-color: var(--bad); }
        .connection {
          position: sticky; top: 0; z-index: 2; margin-top: 8px; padding: 8px 14px;
          border-radius: 6px; color: var(--bad); background: var(--bad-back); font-weight: 600;
        }
        .bottom {
          margin-top: 48px; padding-top: 12px; border-top: 1px solid var(--rule);
          color: var(--muted); font-size: 0.85rem;
        }
        .path { margin-top: 16px; font-size: 0.9rem; }
        .path + h1 { margin-top: 4px; }
        .subtitle { margin-top: 4px; }
        main > .prose { margin: 12px 0 0; }
        .plain li { margin-top: 4px; }

        .panel {
          background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
          padding: 14px 16px;
        }
        .board {
          display: grid; gap: 14px; margin-top: 18px;
          grid-template-columns: minmax(0, 1fr) minmax(0, 1.5fr) minmax(0, 1fr);
        }
        .panel h2 { margin: 0 0 6px; font-size: 0.85rem; font-weight: 500; color: var(--muted); }
        .panel p + p { margin-top: 4px; }
        section > .panel:has(.budget) { max-width: 60em; }
        .number {
          font-size: 1.7rem; font-weight: 650; line-height: 1.3; letter-spacing: -0.02em;
          font-variant-numeric: tabular-nums;
        }
        .unit { font-size: 0.9rem; font-weight: 400; letter-spacing: 0; color: var(--muted); }
        .card dd.number { font-size: 1.5rem; }
        .cards { grid-template-columns: repeat(auto-fit, minmax(min(100%, 165px), 1fr)); }
        .groups { margin-top: 10px; display: grid; gap: 3px; font-size: 0.9rem; }
        .groups > div {
          display: grid; grid-template-columns: 6.4em 3.6em minmax(0, 1fr); gap: 10px;
          align-items: baseline;
        }
        .groups dd:nth-child(2) { text-align: right; font-variant-numeric: tabular-nums; }
        .swatch { display: inline-block; width: 10px; height: 10px; margin-right: 7px; }
        .swatch rect { stroke: var(--muted); stroke-width: 1; }
        .budget {
          display: grid; gap: 10px 24px; margin-bottom: 8px;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 190px), 1fr));
        }
        .budget dt { font-size: 0.9rem; }
        .budget dd { font-size: 0.9rem; font-variant-numeric: tabular-nums; }
        .budget dd.number { font-size: 1.7rem; }
        .panel > .quiet { font-size: 0.85rem; }
        .budget .quiet { font-size: 0.85rem; line-height: 1.4; margin-top: 4px; }

        .share { width: 100%; height: 8px; margin: 6px 0; border-radius: 4px; }
        .track { fill: var(--track); }
        .part-busy { fill: var(--mark-busy); }
        .part-waiting { fill: var(--mark-waiting); }
        .share .part-waiting {
          stroke: var(--card); stroke-width: 1.5; vector-effect: non-scaling-stroke;
        }
        .part-done { fill: var(--mark-good); }
        .part-spent { fill: var(--purple); }
        .part-bad { fill: var(--mark-bad); }
        .strip-place { margin-top: 10px; overflow: hidden; }
        .strip { width: auto; height: 20px; max-width: none; }
        .strip rect { stroke-width: 1.2; }
        .done { fill: var(--mark-good); stroke: var(--mark-good); }
        .lost { fill: none; stroke: var(--mark-bad); }
        .going { fill: none; stroke: var(--mark-busy); stroke-dasharray: 2.5 2; }
        .stacked { stroke: var(--card); stroke-width: 0.6; }

        .state {
          display: inline-flex; align-items: center; gap: 6px; padding: 1px 9px 1px 7px;
          border-radius: 999px; font-size: 0.8rem; font-weight: 600; line-height: 1.5;
          white-space: nowrap; color: var(--text); background: var(--quiet-back);
        }
        .state svg { flex: none; width: 10px; height: 10px; overflow: visible; }
        .state path {
          fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linecap: round;
          stroke-linejoin: round;
        }
        .state.busy { color: var(--busy); background: var(--busy-back); }
        .state.charged { color: var(--charged); background: var(--charged-back); }
        .state.charged path { fill: currentColor; }
        .state.good { color: var(--good); background: var(--good-back); }
        .state.bad { color: var(--bad); background: var(--bad-back); }
        .meanings {
          display: flex; flex-wrap: wrap; gap: 6px 20px; margin-top: 10px; font-size: 0.85rem;
          color: var(--muted);
        }
        .reason { margin-top: 4px; }
        .reason.bad { color: var(--bad); }

        .tasks {
          display: grid; gap: 14px;
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr));
        }
        .tasks h3 {
          display: flex; justify-content: space-between; align-items: baseline; gap: 10px;
          margin: 0; font-size: 1.05rem;
        }
        .tasks h3 a { min-width: 0; }
        .tasks li { font-variant-numeric: tabular-nums; }
        .measure {
          display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 16px;
          margin-top: 10px; font-variant-numeric: tabular-nums;
        }
        .progress { margin-top: 12px; }
        .empty {
          max-width: 48em; padding: 16px; border: 1px dashed var(--muted); border-radius: 8px;
        }
        .tasks:empty { display: none; }

        .quiet + .steps { margin-top: 8px; }
        .steps { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 8px; }
        .steps li {
          display: flex; flex-direction: column; padding: 10px 12px; border-radius: 8px;
          background: var(--card); border: 1px solid var(--rule);
          border-top: 3px dotted var(--muted); font-variant-numeric: tabular-nums;
        }
        .steps .done { border-top: 3px solid var(--mark-good); stroke: none; }
        .steps .now { border-top: 3px solid var(--mark-busy); background: var(--busy-back); }
        .steps .now strong::after { content: ", now"; font-weight: 400; }
        .steps .quiet { font-size: 0.8rem; line-height: 1.35; margin-top: auto; padding-top: 4px; }

        .panel.scroll { padding: 4px 0; max-height: 36rem; }
        .rounds td, .rounds th { padding: 5px 9px; white-space: nowrap; }
        .rounds th:first-child { padding-left: 16px; }
        .rounds td:last-child, .rounds th:last-child { padding-right: 16px; }
        .rounds .text { text-align: left; }
        .rounds .long { white-space: normal; min-width: 14em; overflow-wrap: anywhere; }
        .rounds thead { position: sticky; top: -4px; background: var(--card); z-index: 1; }
        .rounds thead th { border-bottom: 1px solid var(--muted); }
        .rounds thead .group { text-align: center; border-bottom: 1px solid var(--rule); }
        .rounds tbody tr:first-child > * { border-top: 0; }
        .rounds tbody th { max-width: 18em; overflow: hidden; text-overflow: ellipsis; }
        .wide tbody th, .wide thead tr:first-child th:first-child {
          position: sticky; left: 0; background: var(--card);
        }
        .wide .group, .wide .start,
        .wide td:nth-child(4), .wide td:nth-child(9), .wide td:nth-child(15),
        .wide td:nth-child(17) { border-left: 1px solid var(--rule); }
        .wide thead th { white-space: nowrap; }
        .wide thead th.start[rowspan] { white-space: normal; min-width: 9em; }

        .blocks { grid-template-columns: repeat(auto-fill, minmax(min(100%, 350px), 1fr)); }
        .tick, .axis { font-size: 13.5px; }
        .blocks figure { max-width: none; }
        .copied { position: relative; max-width: 60em; }
        .copied .listing {
          padding-right: 80px; margin-top: 6px; white-space: pre-wrap; overflow-wrap: anywhere;
        }
        .copy {
          display: none; position: absolute; top: 8px; right: 8px; padding: 3px 12px;
          border: 1px solid var(--rule); border-radius: 6px; background: var(--page);
          color: var(--text); font: inherit; font-size: 0.85rem; cursor: pointer;
        }
        [data-connection] .copy { display: block; }
        .copy:hover { border-color: var(--muted); }
        .copy[data-outcome] { font-size: 0; }
        .copy[data-outcome]::after { content: attr(data-outcome); font-size: 0.85rem; }
        .instructions { counter-reset: step; max-width: 60em; }
        .instructions > li {
          counter-increment: step; margin-top: 16px; padding-left: 34px; position: relative;
        }
        .instructions > li::before {
          content: counter(step); position: absolute; left: 0; top: 0; width: 23px; height: 23px;
          border-radius: 50%; text-align: center; font-size: 0.85rem; line-height: 23px;
          background: var(--quiet-back); font-weight: 600;
        }
        .notice pre { overflow-x: auto; }

        @media (max-width: 860px) {
          .board { grid-template-columns: minmax(0, 1fr); }
          .steps { grid-template-columns: minmax(0, 1fr); gap: 6px; }
          .steps li {
            display: grid; grid-template-columns: 7.5em minmax(0, 1fr); gap: 0 10px;
            border-top: 1px solid var(--rule); border-left: 3px dotted var(--muted);
          }
          .steps .done { border-top: 1px solid var(--rule); border-left: 3px solid var(--mark-good); }
          .steps .now { border-top: 1px solid var(--rule); border-left: 3px solid var(--mark-busy); }
          .steps .quiet { grid-column: 1 / -1; padding-top: 0; }
        }
        @media (max-width: 560px) {
          body { padding-top: 0; }
          .freshness { margin-left: 0; flex-basis: 100%; }
          .top { gap: 2px 12px; }
          .top nav { margin-left: auto; }
          .name .quiet { display: none; }
          .panel.scroll { max-height: none; }
          .copied .listing { padding-right: 12px; padding-top: 40px; }
          .card dd.number { font-size: 1.35rem; }
        }
        @media (prefers-reduced-motion: no-preference) {
          .share rect { transition: width 0.4s, x 0.4s; }
        }
        @media (forced-colors: active) {
          .state, .steps li, .share { border: 1px solid; }
        }
        @media print {
          .copy, .top nav, .freshness, .skip { display: none; }
          .panel.scroll { max-height: none; overflow: visible; }
        }

        """
}
