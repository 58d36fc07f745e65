//! Prints the URL of a database with the present schema, for `.env`.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    #[expect(clippy::print_stdout, reason = "printing is what it is for")]
    {
        println!("{}", bellwether_testkit::dev_database().await?);
    }
    Ok(())
}
