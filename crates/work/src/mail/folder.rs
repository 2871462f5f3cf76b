//! Mails into a folder, to be looked at while nobody has set a mail server.

use std::{io, path::PathBuf};

use super::{Mail, MailError, Mailer, Sender, Sending, message::eml};

/// Writes each mail as `<id>.eml`; a repeat overwrites the first.
#[derive(Debug)]
pub struct FolderMailer {
    folder: PathBuf,
    sender: Sender,
}

impl FolderMailer {
    /// Mails go into `folder`, which is made when the first one comes.
    pub fn new(folder: PathBuf, sender: Sender) -> Self {
        Self { folder, sender }
    }

    async fn write(&self, mail: &Mail, content: &[u8]) -> io::Result<PathBuf> {
        tokio::fs::create_dir_all(&self.folder).await?;
        let path = self.folder.join(format!("{}.eml", mail.id));
        // Whoever looks into the folder sees whole mails alone.
        let draft = self.folder.join(format!("{}.draft", mail.id));
        tokio::fs::write(&draft, content).await?;
        tokio::fs::rename(&draft, &path).await?;
        Ok(path)
    }
}

impl Mailer for FolderMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
        Box::pin(async move {
            let content = eml(&self.sender, mail)?;
            match self.write(mail, &content).await {
                Ok(path) => Ok(format!("written to {}", path.display())),
                Err(error) => {
                    let folder = self.folder.display();
                    Err(MailError::Temporary(format!("The mail cannot be written to {folder}: {error}.")))
                }
            }
        })
    }
}
