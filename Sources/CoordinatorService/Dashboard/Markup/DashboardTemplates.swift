internal import Mustache
internal import Simulation

/// The pages' markup: HTML that is XML as well, without styles, scripts or handlers inside, so that
/// a strict content security policy holds.
struct DashboardTemplates: Sendable {
    private let library: MustacheLibrary

    /// - Throws: What is wrong with a template.
    init() throws {
        MustacheContentTypes.register(XMLContentType(), named: XMLContentType.name)
        let texts = [
            "frame": Self.frame, "overview": OverviewTemplate.text, "task": TaskTemplate.text,
            "ledger": LedgerTemplate.text, "missing": Self.missing, "state": Self.state,
            "listing": Self.listing, "budget": Self.budget, "figure": Self.figure,
            "meanings": Self.meanings, "empty": Self.empty,
        ]
        library = MustacheLibrary(
            templates: try texts.mapValues {
                try MustacheTemplate(string: "{{% CONTENT_TYPE: XML}}\n" + $0)
            })
    }

    /// A template filled in; Mustache finds each property of `object` by its name.
    func render(_ object: Any, _ name: String) -> String {
        library.render(object, withTemplate: name) ?? ""
    }

    private static let frame = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <title>{{title}} - {{origin}} - Covey</title>
        <link rel="icon" type="image/svg+xml" href="{{iconPath}}"/>
        <link rel="stylesheet" href="{{stylePath}}"/>
        <script type="module" src="{{scriptPath}}"></script>
        <noscript><meta http-equiv="refresh" content="10"/></noscript>
        </head>
        <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="top">
        <p class="name"><svg viewBox="0 0 32 26" aria-hidden="true"><path d="{{mark}}"/></svg>Covey <span class="quiet">coordinator</span></p>
        <nav aria-label="Pages"><ul>
        {{#links}}
        <li><a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{text}}</a></li>
        {{/links}}
        </ul></nav>
        <p class="freshness" id="freshness">State of <time datetime="{{time.machine}}">{{time.text}}</time> UTC</p>
        </header>
        <p class="connection" id="connection" hidden="hidden"></p>
        <main id="content" tabindex="-1" data-live="">
        {{{content}}}
        </main>
        <footer class="bottom">
        <p>Covey {{version}} <span aria-hidden="true">·</span> All times are in UTC <span aria-hidden="true">·</span> <a href="/overview.json">The same as JSON</a></p>
        </footer>
        <p class="unseen" id="announcements" role="status"></p>
        </body>
        </html>

        """

    private static let missing = """
        <h1>No such task</h1>
        <p class="prose">There is no task named <strong>{{name}}</strong> here.</p>
        {{#hasTasks}}
        <ul class="plain">
        {{#tasks}}
        <li><a href="{{path}}">{{name}}</a></li>
        {{/tasks}}
        </ul>
        {{/hasTasks}}
        {{^hasTasks}}
        <p>There is none at all yet; the <a href="/">overview</a> says how to set one up.</p>
        {{/hasTasks}}

        """

    private static let state = """
        <span class="state {{tone}}"><svg viewBox="0 0 12 12" aria-hidden="true"><path d="{{path}}"/></svg>{{text}}</span>
        """

    private static let listing = """
        <div class="copied"><pre class="listing" tabindex="0" aria-label="{{name}}"><code id="{{id}}">{{text}}</code></pre><button type="button" class="copy" data-copy="{{id}}">Copy <span class="unseen">{{name}}</span></button></div>

        """

    private static let empty = """
        <div class="empty">
        <p>{{text}}</p>
        {{#commands}}
        {{> listing}}
        {{/commands}}
        </div>

        """

    private static let budget = """
        <dl class="budget">
        {{#lines}}
        <div><dt>{{name}}</dt><dd class="number">{{spent}}</dd><dd>{{note}}</dd>{{#bar}}<dd>{{{.}}}</dd>{{/bar}}<dd class="quiet">{{meaning}}</dd></div>
        {{/lines}}
        </dl>
        <p class="quiet">Epsilon at delta {{delta}}, over all tasks of the ledger.</p>
        {{#announcement}}
        <p class="unseen" data-announce="{{.}}">{{.}}</p>
        {{/announcement}}

        """

    private static let figure = """
        <figure id="{{id}}">
        <figcaption>{{heading}}</figcaption>
        {{{svg}}}
        <ul class="legend">
        {{#legend}}
        <li>{{#isBar}}<svg class="square sample" viewBox="0 0 10 10" aria-hidden="true"><rect class="bar {{ink}}" width="10" height="10"/></svg>{{/isBar}}{{^isBar}}<svg class="sample" viewBox="0 0 22 10" aria-hidden="true"><path class="line {{ink}}" d="M0 5H22"/></svg>{{/isBar}}{{name}}</li>
        {{/legend}}
        </ul>
        {{#remarks}}
        <p class="remark">{{.}}</p>
        {{/remarks}}
        {{#numbers}}
        <details><summary>Numbers</summary>
        <div class="scroll" role="region" tabindex="0" aria-label="{{caption}}">
        <table>
        <caption>{{caption}}</caption>
        <thead><tr>{{#columns}}<th scope="col">{{.}}</th>{{/columns}}</tr></thead>
        <tbody>
        {{#rows}}
        <tr><th scope="row">{{heading}}</th>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>
        {{/rows}}
        </tbody>
        </table>
        </div>
        </details>
        {{/numbers}}
        </figure>

        """

    private static let meanings = """
        <ul class="meanings">
        {{#meanings}}
        <li>{{> state}} {{meaning}}</li>
        {{/meanings}}
        </ul>

        """
}
