/// The markup of ``OverviewPage``.
enum OverviewTemplate {
    static let text = """
        <h1>{{origin}}</h1>
        {{#notices}}
        <aside class="notice" id="{{id}}" data-announce="{{announcement}}">
        <p><strong>{{heading}}</strong> {{text}}</p>
        {{#commands}}
        <pre tabindex="0"><code>{{.}}</code></pre>
        {{/commands}}
        </aside>
        {{/notices}}
        <div class="board">
        <section class="panel" aria-labelledby="devices-heading">
        <h2 id="devices-heading">Devices</h2>
        <p class="number">{{enrolled}} <span class="unit">enrolled</span></p>
        {{{devicesBar}}}
        <dl class="groups">
        {{#groups}}
        <div><dt><svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect class="{{className}}" width="10" height="10"/></svg>{{name}}</dt><dd>{{count}}</dd><dd class="quiet">{{meaning}}</dd></div>
        {{/groups}}
        </dl>
        </section>
        <section class="panel" aria-labelledby="budget-heading">
        <h2 id="budget-heading">Privacy spent</h2>
        {{#budget}}
        {{> budget}}
        {{/budget}}
        </section>
        <section class="panel" aria-labelledby="ledger-heading">
        <h2 id="ledger-heading">Ledger</h2>
        <p class="number">{{entries}} <span class="unit">entries</span></p>
        {{#root}}
        <p>Head <code>{{.}}</code></p>
        {{/root}}
        {{^root}}
        <p>No checkpoint is signed yet.</p>
        {{/root}}
        <p class="quiet">Every round is charged here before its sum is revealed.</p>
        <p><a href="{{ledgerPath}}">Checkpoint, key, and how to verify</a></p>
        </section>
        </div>
        <section aria-labelledby="tasks-heading">
        <h2 id="tasks-heading">Tasks</h2>
        {{#noTasks}}
        {{> empty}}
        {{/noTasks}}
        <ul class="tasks">
        {{#tasks}}
        <li class="panel" id="{{id}}" data-announce="{{announcement}}">
        <h3><a href="{{path}}">{{name}}</a>{{#state}}{{> state}}{{/state}}</h3>
        <p class="quiet">{{algorithm}}</p>
        <p class="measure"><span>{{progressText}}</span></p>
        {{{progressBar}}}
        <p>{{now}}</p>
        {{#quality}}
        <p>{{.}} queries</p>
        {{/quality}}
        {{#reason}}
        <p class="reason {{state.tone}}">{{.}}</p>
        {{/reason}}
        {{#strip}}
        <p class="strip-place">{{{.}}}</p>
        {{/strip}}
        </li>
        {{/tasks}}
        </ul>
        </section>
        {{#hasRounds}}
        <section aria-labelledby="rounds-heading">
        <h2 id="rounds-heading">Latest rounds</h2>
        <div class="panel scroll" role="region" tabindex="0" aria-labelledby="rounds-heading">
        <table class="rounds">
        <caption class="unseen">Latest rounds, newest first</caption>
        <thead>
        <tr>
        <th scope="col">Task</th>
        <th scope="col">Round</th>
        <th scope="col" class="text">State</th>
        <th scope="col" class="text">Query</th>
        <th scope="col">Invited</th>
        <th scope="col">In the sum</th>
        <th scope="col">Seconds</th>
        <th scope="col">Began</th>
        </tr>
        </thead>
        <tbody>
        {{#rounds}}
        <tr id="{{id}}">
        <th scope="row"><a href="{{path}}">{{task}}</a></th>
        {{#round}}
        <td>{{number}}</td>
        <td class="text">{{#state}}{{> state}}{{/state}}{{#step}} <span class="quiet">{{.}}</span>{{/step}}</td>
        <td class="text">{{query}}</td>
        <td>{{invited}}</td>
        <td>{{summed}}</td>
        <td>{{duration}}</td>
        <td><time datetime="{{began.machine}}">{{began.text}}</time></td>
        {{/round}}
        </tr>
        {{/rounds}}
        </tbody>
        </table>
        </div>
        {{> meanings}}
        </section>
        {{/hasRounds}}
        {{#hasReplicas}}
        <section aria-labelledby="replicas-heading">
        <h2 id="replicas-heading">Coordinators</h2>
        <ul class="plain">
        {{#replicas}}
        <li><code>{{name}}</code>{{#isLeader}} <strong>leads</strong>{{/isLeader}}</li>
        {{/replicas}}
        </ul>
        </section>
        {{/hasReplicas}}

        """
}
