/// The markup of ``LedgerPage``.
enum LedgerTemplate {
    static let text = """
        <h1>Ledger</h1>
        <p class="subtitle">{{origin}} <span aria-hidden="true">·</span> {{entries}} entries</p>
        <p class="prose">The ledger says what every round costs in privacy, signed before the round's sum is revealed. It can be checked without trusting this coordinator, and without its help.</p>
        <section aria-labelledby="checkpoint-heading">
        <h2 id="checkpoint-heading">Checkpoint</h2>
        {{#checkpoint}}
        {{> listing}}
        {{/checkpoint}}
        {{#isUnsigned}}
        <div class="empty"><p>No checkpoint is signed yet: it comes with the ledger's first entry.</p></div>
        {{/isUnsigned}}
        </section>
        <section aria-labelledby="key-heading">
        <h2 id="key-heading">Public key</h2>
        {{#key}}
        {{> listing}}
        {{/key}}
        </section>
        <section aria-labelledby="verify-heading">
        <h2 id="verify-heading">Verify it</h2>
        <p><a href="{{filePath}}" download="ledger.covey">Download the ledger</a></p>
        <ol class="instructions">
        {{#instructions}}
        <li>
        <p class="prose">{{text}}</p>
        {{#commands}}
        {{> listing}}
        {{/commands}}
        </li>
        {{/instructions}}
        </ol>
        </section>
        <section aria-labelledby="spent-heading">
        <h2 id="spent-heading">What it says is spent</h2>
        <div class="panel">
        {{#budget}}
        {{> budget}}
        {{/budget}}
        </div>
        </section>

        """
}
