internal import Mustache

/// The report's markup: HTML that is XML as well, so that any XML tool reads it.
enum ReportTemplate {
    /// The page as text.
    static func render(_ page: ReportPage) -> String {
        MustacheContentTypes.register(XMLContentType(), named: XMLContentType.name)
        do {
            let library = MustacheLibrary(templates: [
                "page": try MustacheTemplate(string: self.page),
                "figure": try MustacheTemplate(string: figure),
                "table": try MustacheTemplate(string: table),
            ])
            return library.render(page, withTemplate: "page") ?? ""
        } catch {
            // The templates are constants, which the tests render.
            preconditionFailure("the report's template does not parse: \(error)")
        }
    }

    private static let page = """
        {{% CONTENT_TYPE: XML}}
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <title>{{title}} - Covey</title>
        <style>{{{style}}}</style>
        </head>
        <body>
        <header>
        <p class="brand">{{brand}}</p>
        <h1>{{title}}</h1>
        <p class="subtitle"><span class="badge{{^isFinished}} stopped{{/isFinished}}">{{status}}</span> {{subtitle}}</p>
        </header>
        <main>
        {{#notices}}
        <aside class="notice">
        <p><strong>{{heading}}</strong> {{text}}</p>
        {{#commands}}
        <pre><code>{{.}}</code></pre>
        {{/commands}}
        </aside>
        {{/notices}}
        <dl class="cards">
        {{#keyFigures}}
        <div class="card"><dt>{{name}}</dt><dd class="number">{{value}}</dd>{{#notes}}<dd>{{.}}</dd>{{/notes}}</div>
        {{/keyFigures}}
        </dl>
        <section aria-labelledby="about">
        <h2 id="about">What was done, and how to read it</h2>
        <div class="prose">
        {{#explanation}}
        <p>{{#isLed}}<strong>{{lead}}</strong> {{/isLed}}{{text}}</p>
        {{/explanation}}
        </div>
        </section>
        {{#sections}}
        <section aria-labelledby="{{id}}">
        <h2 id="{{id}}">{{title}}</h2>
        {{#paragraphs}}
        <p class="prose">{{.}}</p>
        {{/paragraphs}}
        {{#items}}
        <div class="item">
        <h3>{{heading}} <span class="badge{{#isMissing}} stopped{{/isMissing}}">{{tag}}</span></h3>
        {{#answers}}
        <p>{{.}}</p>
        {{/answers}}
        </div>
        {{/items}}
        {{#commands}}
        <pre class="listing" tabindex="0"><code>{{.}}</code></pre>
        {{/commands}}
        <div class="blocks{{#isWide}} wide{{/isWide}}">
        {{#blocks}}
        {{#figure}}
        {{> figure}}
        {{/figure}}
        {{#table}}
        {{> table}}
        {{/table}}
        {{/blocks}}
        </div>
        </section>
        {{/sections}}
        {{#scenario}}
        <section aria-labelledby="scenario">
        <h2 id="scenario">Scenario</h2>
        <details><summary>Every setting with its value</summary>
        <pre class="listing" tabindex="0"><code>{{.}}</code></pre>
        </details>
        </section>
        {{/scenario}}
        </main>
        </body>
        </html>

        """

    private static let figure = """
        {{% CONTENT_TYPE: XML}}
        <figure>
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
        <details><summary>Data</summary>
        {{#data}}
        {{> table}}
        {{/data}}
        </details>
        </figure>

        """

    private static let table = """
        {{% CONTENT_TYPE: XML}}
        <div class="scroll" role="region" tabindex="0" aria-label="{{caption}}">
        <table{{#isText}} class="text"{{/isText}}>
        <caption>{{caption}}</caption>
        <thead><tr>{{#columns}}<th scope="col">{{.}}</th>{{/columns}}</tr></thead>
        <tbody>
        {{#rows}}
        <tr><th scope="row">{{heading}}</th>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>
        {{/rows}}
        </tbody>
        </table>
        </div>

        """
}
