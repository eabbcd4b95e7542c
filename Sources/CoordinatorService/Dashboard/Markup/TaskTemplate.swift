/// The markup of ``TaskPage``.
enum TaskTemplate {
    static let text = """
        <nav aria-label="Path" class="path"><a href="/">Overview</a></nav>
        <h1 id="task-state" data-announce="{{announcement}}">{{name}} {{#state}}{{> state}}{{/state}}</h1>
        <p class="subtitle">{{algorithm}} <span aria-hidden="true">·</span> {{devices}}</p>
        {{#reason}}
        <p class="reason {{state.tone}}">{{.}}</p>
        {{/reason}}
        {{#progress}}
        <div class="progress">
        <p class="measure"><span>{{text}}</span><span class="quiet">{{now}}</span></p>
        {{{bar}}}
        </div>
        {{/progress}}
        <dl class="cards">
        {{#facts}}
        <div class="card"><dt>{{name}}</dt><dd class="number">{{value}}</dd><dd>{{note}}</dd></div>
        {{/facts}}
        </dl>
        {{#current}}
        <section aria-labelledby="current-heading" id="current">
        <h2 id="current-heading">Round {{number}} {{#state}}{{> state}}{{/state}}</h2>
        <p class="quiet">{{query}} <span aria-hidden="true">·</span> {{invited}} devices invited <span aria-hidden="true">·</span> began <time datetime="{{began.machine}}">{{began.text}}</time></p>
        <ol class="steps">
        {{#steps}}
        <li id="{{id}}" class="{{#isDone}}done{{/isDone}}{{#isNow}}now{{/isNow}}"{{#isNow}} aria-current="step"{{/isNow}}><strong>{{name}}</strong><span>{{#isDone}}<span class="unseen">done: </span>{{/isDone}}{{result}}</span><span class="quiet">{{meaning}}</span></li>
        {{/steps}}
        </ol>
        </section>
        {{/current}}
        {{#noQuality}}
        <section aria-labelledby="quality-heading" id="no-quality">
        <h2 id="quality-heading">Quality</h2>
        {{> empty}}
        </section>
        {{/noQuality}}
        {{#hasFigures}}
        <section aria-labelledby="curves-heading" id="curves">
        <h2 id="curves-heading">Curves</h2>
        <div class="blocks">
        {{#figures}}
        {{> figure}}
        {{/figures}}
        </div>
        </section>
        {{/hasFigures}}
        {{#hasAborts}}
        <section aria-labelledby="aborts-heading" id="aborts">
        <h2 id="aborts-heading">Why rounds were abandoned</h2>
        <div class="panel scroll" role="region" tabindex="0" aria-labelledby="aborts-heading">
        <table class="rounds">
        <caption class="unseen">Reasons of abandoned rounds, the most frequent first</caption>
        <thead><tr><th scope="col">Reason</th><th scope="col">How often</th><th scope="col" class="text">Rounds</th></tr></thead>
        <tbody>
        {{#aborts}}
        <tr><th scope="row" class="long">{{reason}}</th><td>{{count}}</td><td class="text long">{{rounds}}</td></tr>
        {{/aborts}}
        </tbody>
        </table>
        </div>
        </section>
        {{/hasAborts}}
        <section aria-labelledby="rounds-heading" id="rounds">
        <h2 id="rounds-heading">Rounds</h2>
        {{^hasRounds}}
        <div class="empty"><p>No round yet. {{progress.now}}</p></div>
        {{/hasRounds}}
        {{#hasRounds}}
        <div class="panel scroll" role="region" tabindex="0" aria-labelledby="rounds-heading">
        <table class="rounds wide">
        <caption class="unseen">Rounds, newest first: state, devices that answered each step, seconds that each step took, and privacy spent</caption>
        <thead>
        <tr>
        <th scope="col" rowspan="2">Round</th>
        <th scope="col" rowspan="2" class="text">State</th>
        <th scope="col" rowspan="2" class="text">Query</th>
        <th scope="colgroup" colspan="5" class="group">Devices</th>
        <th scope="colgroup" colspan="6" class="group">Seconds</th>
        <th scope="colgroup" colspan="2" class="group">Epsilon against</th>
        <th scope="col" rowspan="2" class="start">Noise, standard deviation</th>
        <th scope="col" rowspan="2">Began</th>
        </tr>
        <tr>
        <th scope="col" class="start">invited</th>
        <th scope="col">advertised</th>
        <th scope="col">shared</th>
        <th scope="col">in the sum</th>
        <th scope="col">unmasked</th>
        <th scope="col" class="start">advertising</th>
        <th scope="col">sharing</th>
        <th scope="col">masking</th>
        <th scope="col">endorsing</th>
        <th scope="col">unmasking</th>
        <th scope="col">all</th>
        <th scope="col" class="start">coordinator</th>
        <th scope="col">observers</th>
        </tr>
        </thead>
        <tbody>
        {{#rounds}}
        <tr id="{{id}}"{{#announcement}} data-announce="{{.}}"{{/announcement}}>
        <th scope="row">{{number}}</th>
        <td class="text">{{#state}}{{> state}}{{/state}}{{#step}} <span class="quiet">{{.}}</span>{{/step}}</td>
        <td class="text">{{query}}</td>
        <td>{{invited}}</td>
        {{#survivors}}<td>{{.}}</td>{{/survivors}}
        {{#seconds}}<td>{{.}}</td>{{/seconds}}
        <td>{{duration}}</td>
        <td>{{epsilonCoordinator}}</td>
        <td>{{epsilonObserver}}</td>
        <td>{{noise}}</td>
        <td><time datetime="{{began.machine}}">{{began.text}}</time></td>
        </tr>
        {{/rounds}}
        </tbody>
        </table>
        </div>
        {{#isCut}}
        <p class="quiet">The latest rounds; the ledger has them all.</p>
        {{/isCut}}
        {{> meanings}}
        {{/hasRounds}}
        </section>
        {{#model}}
        <section aria-labelledby="model-heading" id="model">
        <h2 id="model-heading">Model</h2>
        <p class="prose">The published model's hash, as the ledger names it:</p>
        {{> listing}}
        {{#modelPath}}
        <p><a href="{{.}}" download="">Download the model</a></p>
        {{/modelPath}}
        </section>
        {{/model}}

        """
}
